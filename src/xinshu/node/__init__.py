"""Level 7: composition root: read settings, build services, start and stop."""
