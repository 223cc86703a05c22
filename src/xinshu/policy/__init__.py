"""Level 5: policies that find people."""
