"""Who may do what: the table, the pure decision with reasons, its SQL form, and the guard of routes."""

from xinshu.members.permissions.guards import Access, ForbiddenError, Guards, UnauthorisedError
from xinshu.members.permissions.rules import Reason, Verdict, decide, scopes
from xinshu.members.permissions.table import Grant, Permissions, Role

__all__ = [
    "Access", "ForbiddenError", "Grant", "Guards", "Permissions", "Reason", "Role", "UnauthorisedError", "Verdict",
    "decide", "scopes",
]  # fmt: skip
