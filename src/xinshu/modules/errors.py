"""What can go wrong with modules."""

from __future__ import annotations

from xinshu.core.errors import NotFoundError, XinshuError


class ListUnknownError(NotFoundError):
    """The module declares no such list, or no run has this id."""

    code = "module_list_unknown"


class CircleUnknownError(NotFoundError):
    """The module has no circles, or the subject leads none."""

    code = "module_circle_unknown"


class PartUnknownError(XinshuError):
    """The module has no such field."""

    status = 422
    code = "module_part_unknown"
