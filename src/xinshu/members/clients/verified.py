"""Tokens verified before, in memory: so many at most, no longer than they are valid, only while changes are heard."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime

from xinshu.members.clients.rules import IPNetwork
from xinshu.members.clients.token_keys import CHANGED
from xinshu.members.freshness import Freshness
from xinshu.members.model import Principal

SIZE = 10_000
_CHANGES = frozenset({"all", "client", "member", CHANGED})


@dataclass(frozen=True)
class Verified:
    """A verified token: who it stands for, until when, and what each call has to meet."""

    principal: Principal
    client_id: str
    until: datetime
    networks: tuple[IPNetwork, ...]
    certificate: str | None  # the certificate that must be shown


class VerifiedTokens:
    """The cache. What was read before a change was heard is not kept (`change_count`)."""

    def __init__(self, freshness: Freshness, size: int = SIZE) -> None:
        self._freshness = freshness
        self._size = size
        self._kept: OrderedDict[bytes, Verified] = OrderedDict()
        self.change_count = 0
        freshness.on_change(self._changed)

    def __len__(self) -> int:
        return len(self._kept)

    @staticmethod
    def name(token: str) -> bytes:
        """Under what a token is kept: its SHA-256."""
        return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()

    def get(self, name: bytes, now: datetime) -> Verified | None:
        """What is known of a token, if anything may be believed from memory now."""
        found = self._kept.get(name)
        if found is None or not self._freshness.live:
            return None
        if now >= found.until:
            del self._kept[name]
            return None
        self._kept.move_to_end(name)
        return found

    def put(self, name: bytes, entry: Verified, change_count: int) -> None:
        """Keep a token, unless rights changed since `change_count` was read."""
        if not self._freshness.live or change_count != self.change_count:
            return
        self._kept[name] = entry
        while len(self._kept) > self._size:
            self._kept.popitem(last=False)

    def _changed(self, what: str) -> None:
        kind, _, key = what.partition(":")
        if kind not in _CHANGES:
            return
        self.change_count += 1
        if kind == "client":
            for name in [name for name, entry in self._kept.items() if entry.client_id == key]:
                del self._kept[name]
        else:  # a member stands for its branches too
            self._kept.clear()
