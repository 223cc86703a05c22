"""Level 5: monitoring and early warning."""
