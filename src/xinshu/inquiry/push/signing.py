"""How what is pushed is signed: base64 of the platform's signature over `timestamp.event.body` (GET /v1/ledger/key)."""

from __future__ import annotations

import base64
from datetime import datetime
from uuid import UUID

from xinshu.ledger import Ledger


def signed_headers(ledger: Ledger, event: UUID, now: datetime, body: bytes) -> dict[str, str]:
    """Headers of a request to a webhook; the timestamp is in seconds since 1970 (UTC)."""
    timestamp = str(int(now.timestamp()))
    key_id, signature = ledger.sign(f"{timestamp}.{event}.".encode() + body)
    return {
        "Content-Type": "application/json",
        "X-Xinshu-Timestamp": timestamp,
        "X-Xinshu-Event": str(event),
        "X-Xinshu-Key": key_id,
        "X-Xinshu-Signature": base64.b64encode(signature).decode(),
    }
