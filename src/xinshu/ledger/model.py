"""Types of the log of evidence. No I/O."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any, NamedTuple

import orjson

from xinshu.core.errors import UnavailableError, XinshuError

VERSION = 1


class LedgerUnavailableError(UnavailableError):
    """Evidence cannot be written now, so nothing that needs it is answered."""

    code = "ledger_unavailable"


class LedgerBrokenError(XinshuError):
    """What is stored contradicts itself or an earlier checkpoint."""

    status = 500
    code = "ledger_broken"


class LeafUnknownError(XinshuError):
    """No leaf has this number."""

    status = 404
    code = "leaf_unknown"


class Entry(NamedTuple):
    """What is to be recorded. `about`: digests, codes and pointers; never personal data in clear."""

    kind: str
    at: datetime
    principal: str | None = None
    member_id: str | None = None
    subject: str | None = None
    about: Mapping[str, Any] = MappingProxyType({})

    def content(self) -> bytes:
        """Canonical JSON (RFC 8785: keys sorted; values are texts, whole numbers, true, false, null)."""
        return orjson.dumps(
            {
                "v": VERSION,
                "kind": self.kind,
                "at": self.at.isoformat(timespec="milliseconds"),
                "principal": self.principal,
                "member": self.member_id,
                "subject": self.subject,
                "about": dict(self.about),
            },
            option=orjson.OPT_SORT_KEYS,
        )


@dataclass(frozen=True)
class Leaf:
    """One entry as it stands in the log."""

    index: int
    at: datetime
    kind: str
    principal: str | None
    member_id: str | None
    subject: str | None
    content: str
    hash: bytes


@dataclass(frozen=True)
class Fault:
    """What an audit found: a stable code, the place (leaf, node or checkpoint), and words."""

    code: str
    place: str
    words: str
