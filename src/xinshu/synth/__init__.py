"""Level 6: an invented but coherent province, for demos, tests and benchmarks at any size.

Use `World`; every name it makes is marked as invented, and no number it makes is in use. A subject's draws depend only
on (seed, subject, purpose), so any slice can be made alone. `items.GENERATORS` has one generator for each item.
"""

from xinshu.synth.basis import WorldError
from xinshu.synth.lexicon import LexiconMissingError
from xinshu.synth.world import World

__all__ = ["LexiconMissingError", "World", "WorldError"]
