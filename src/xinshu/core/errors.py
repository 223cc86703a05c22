"""Base of every error that a user of the software may see."""

from __future__ import annotations

from typing import Any, ClassVar


class XinshuError(Exception):
    """An expected fault: what happened, which value, what to do.

    Subclasses set `status` (HTTP) and `code` (stable, for machines). `message` is Chinese, for the screen;
    `hint` says what to do; `details` holds the offending values (never secrets).
    """

    status: ClassVar[int] = 400
    code: ClassVar[str] = "error"

    def __init__(self, message: str, *, hint: str = "", **details: Any) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.details = details

    def __str__(self) -> str:
        return f"{self.message}({self.hint})" if self.hint else self.message

    def as_dict(self) -> dict[str, Any]:
        """The body of an error answer: {code, message, hint, details}."""
        return {"code": self.code, "message": self.message, "hint": self.hint, "details": self.details}


class NotFoundError(XinshuError):
    """The named thing does not exist."""

    status = 404
    code = "not_found"


class ConflictError(XinshuError):
    """The state of the thing does not allow the act."""

    status = 409
    code = "conflict"


class UnavailableError(XinshuError):
    """A dependency (database, disk, library) cannot serve now; nothing acknowledged is lost."""

    status = 503
    code = "unavailable"


class SettingError(XinshuError):
    """A setting is missing or wrong."""

    status = 500
    code = "setting_invalid"
