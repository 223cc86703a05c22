"""Level 5: indicators and public credit evaluation."""
