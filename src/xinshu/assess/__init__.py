"""Level 5: assessment of regions, providers and institutions."""
