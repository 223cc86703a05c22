"""Level 5: credit reports."""
