"""Level 2: what may be collected: one YAML for each item, overlays of provinces, versions.

Use `Catalogue.load`; templates, schemas, checks and documentation are derived from the loaded items. From outside
touch `Catalogue`, `check`, the types of `model`, `References`, and the modules `checks` (vectorised) and `single` (one
row) with `messages`, `masks`, `schema`, `templates`, `docs`, `diff`, `routes`.
"""

from xinshu.catalogue.catalogue import Catalogue, accepts, check, in_force
from xinshu.catalogue.faults import DefinitionsInvalidError, Fault, ItemNotFoundError, ItemVersionError
from xinshu.catalogue.model import FieldDef, FieldType, Item
from xinshu.catalogue.references import References

__all__ = [
    "Catalogue",
    "DefinitionsInvalidError",
    "Fault",
    "FieldDef",
    "FieldType",
    "Item",
    "ItemNotFoundError",
    "ItemVersionError",
    "References",
    "accepts",
    "check",
    "in_force",
]
