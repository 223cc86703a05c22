"""xinshu (信枢): software of a financing credit service platform and of the network of such platforms."""

from importlib.metadata import version

__version__ = version("xinshu")
