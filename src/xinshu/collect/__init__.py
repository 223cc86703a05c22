"""Level 3: bringing information in: reading files, mapping, checking, comparing, publishing whole or not at all.

Use `CollectService`; the states of a batch are in `model.BatchState`.
"""
