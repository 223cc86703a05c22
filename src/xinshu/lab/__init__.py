"""Level 5: joint laboratory: data never leaves its domain."""
