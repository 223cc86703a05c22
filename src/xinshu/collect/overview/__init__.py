"""What a provider sees of its own sending: each item against its cycle, and the quality over time (R5.2, R5.6)."""
