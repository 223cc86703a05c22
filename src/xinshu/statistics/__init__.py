"""Level 5: what everybody may know of a node in figures, and what its big screen shows while it happens.

Counts only, never facts: no firm is named, small counts are withheld (`rules.withhold`), and whatever the public asks
is answered from memory, so that many who ask cost the database no more than one.
"""
