"""Rows set aside as somebody mends them: cell by cell, with what became of earlier attempts."""
