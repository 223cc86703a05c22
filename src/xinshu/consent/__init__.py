"""Level 3: permission. The pure gate is `rules.decide`; every reading of records asks it."""
