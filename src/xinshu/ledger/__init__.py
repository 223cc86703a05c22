"""Level 1: tamper-evident evidence of inquiries, consents, batches and administrative acts.

The append-only Merkle log belongs here; other rooms hand it leaves.
"""
