"""Client systems, their keys, and what the token endpoint answers. No I/O."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any


class ClientState(StrEnum):
    """A client is never deleted: the log refers to it."""

    ACTIVE = "active"
    CLOSED = "closed"


@dataclass(frozen=True)
class ClientKey:
    """A public key of a client."""

    kid: str
    jwk: dict[str, Any]
    thumbprint: str
    created_by: str
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    revoked_by: str | None

    def active(self, now: datetime) -> bool:
        """Neither revoked nor expired."""
        return self.revoked_at is None and now < self.expires_at


@dataclass(frozen=True)
class Client:
    """A system of a member. `networks`: CIDR, empty: from anywhere; `certificates`: x5t#S256 admitted (RFC 8705)."""

    id: str
    member_id: str
    name: str
    roles: tuple[str, ...]
    sandbox: bool
    networks: tuple[str, ...]
    certificate_bound: bool
    certificates: tuple[str, ...]
    state: ClientState
    created_by: str
    created_at: datetime
    closed_at: datetime | None

    @property
    def principal(self) -> str:
        """Its name as a principal."""
        return f"client:{self.id}"


@dataclass(frozen=True)
class ClientPage:
    """One page of clients, newest first."""

    total: int
    clients: tuple[Client, ...]


@dataclass(frozen=True)
class TokenAnswer:
    """A token as issued; `expires_in` seconds."""

    access_token: str
    expires_in: int
    scope: str
