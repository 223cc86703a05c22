"""Level 3: objections and credit repair."""
