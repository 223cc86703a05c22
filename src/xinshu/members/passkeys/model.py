"""Passkeys as they are kept. No I/O."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from xinshu.members.passkeys.ceremony import Known


@dataclass(frozen=True)
class Passkey:
    """A passkey of an account; `device`: single_device or multi_device (synchronised by its maker)."""

    credential_id: bytes
    account_id: UUID
    public_key: bytes = field(repr=False)
    sign_count: int
    transports: tuple[str, ...]
    device: str
    name: str
    created_at: datetime
    used_at: datetime | None

    @property
    def known(self) -> Known:
        """What the ceremonies need of it."""
        return Known(self.credential_id, self.public_key, self.sign_count, self.transports)

    @classmethod
    def of(cls, row: Any) -> Passkey:
        """From a row of `queries.sql`."""
        return cls(**{**{name: row[name] for name in cls.__dataclass_fields__}, "transports": tuple(row["transports"])})
