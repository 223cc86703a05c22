"""Level 5: supply and demand of data services."""
