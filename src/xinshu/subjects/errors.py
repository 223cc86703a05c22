"""Errors of the subject base."""

from __future__ import annotations

from typing import ClassVar

from xinshu.core.errors import ConflictError, NotFoundError, XinshuError


class SubjectNotFoundError(NotFoundError):
    """No subject bears the code; `details["faults"]` says what is wrong with the code itself, if anything."""

    code: ClassVar[str] = "subject_not_found"


class AmbiguousNumberError(ConflictError):
    """More than one subject bears the old number; `details["candidates"]` names them."""

    code: ClassVar[str] = "subject_ambiguous"


class SearchError(XinshuError):
    """A search that cannot be carried out: too short, too far, an unknown filter."""

    status: ClassVar[int] = 422
    code: ClassVar[str] = "search_invalid"


class RegistrationError(XinshuError):
    """A farm household cannot be registered with these data."""

    status: ClassVar[int] = 422
    code: ClassVar[str] = "registration_invalid"


class ShredReasonError(XinshuError):
    """A lawful deletion states its reason."""

    status: ClassVar[int] = 422
    code: ClassVar[str] = "shred_reason_invalid"


class RawFileUnknownError(NotFoundError):
    """No batch has this number."""

    code: ClassVar[str] = "batch_unknown"


class RawFileNeededError(ConflictError):
    """The raw file is still to be read, or is not sealed."""

    code: ClassVar[str] = "raw_file_not_shreddable"
