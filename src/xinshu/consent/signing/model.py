"""What is signed, by whom, and what is kept of it. One interface for all ways of signing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from xinshu.consent.artefact import Capacity
from xinshu.consent.purposes import Method
from xinshu.members.model import Caller

Evidence = Mapping[str, Any]


@dataclass(frozen=True)
class ToSign:
    """An artefact: its canonical bytes and their digest under its suite."""

    content: bytes
    digest: bytes


@dataclass(frozen=True)
class Signer:
    """The person who signs for a subject, and from where."""

    account: UUID
    subject: str  # the firm's code
    capacity: Capacity
    caller: Caller


@dataclass(frozen=True)
class SignatureRecord:
    """What proves the signature later. `key` names the key; `evidence` is public: never a password or code.

    `key_digest`: SHA-256 of the public key or certificate, in hexadecimal; with it in the ledger, a kept signature and
    its receipt prove together whose key it was. Empty where no key signs.
    `witness`: it is in force only when a second person has confirmed it.
    """

    method: Method
    key: str
    evidence: dict[str, Any]
    witness: bool = False
    key_digest: str = ""


class SigningProvider(Protocol):
    """A way of signing."""

    @property
    def method(self) -> Method:
        """Its name in templates."""
        ...

    async def begin(self, signing: ToSign, account: UUID) -> dict[str, Any]:
        """What the signer's device needs beside the digest; empty where it needs nothing."""
        ...

    async def verify(self, signing: ToSign, evidence: Evidence, signer: Signer, now: datetime) -> SignatureRecord:
        """What to keep of a signature that proves the signer signed this very artefact.

        Raises SignatureRefusedError, CertificateRefusedError, or what the members' rooms raise of their means.
        """
        ...
