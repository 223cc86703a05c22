"""Level 5: demands, products, engagements, guarantees."""
