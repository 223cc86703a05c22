"""The keys with which this platform signs access tokens: one current, the last one accepted until its tokens expire."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import orjson
from joserfc.jwk import ECKey

from xinshu.core.clock import Clock
from xinshu.core.errors import UnavailableError
from xinshu.crypto import Sealer
from xinshu.members.clients.jose import PublicKey, public_key
from xinshu.members.clients.rules import SKEW
from xinshu.members.clients.store import queries
from xinshu.members.events import record
from xinshu.members.freshness import Freshness, announce
from xinshu.store import Database

ALG = "ES256"
CHANGED = "token-key"


@dataclass(frozen=True)
class AcceptedKey:
    """A public key with which tokens are checked; `until`: of a retired key, when it counts no more."""

    kid: str
    jwk: dict[str, Any]
    key: PublicKey
    until: datetime | None


def make_key() -> ECKey:
    """A new P-256 key pair."""
    return ECKey.generate_key("P-256")


class TokenKeys:
    """The signing keys of a platform, shared by all its processes through the database."""

    def __init__(
        self,
        db: Database,
        sealer: Sealer,
        clock: Clock,
        freshness: Freshness,
        token_seconds: int = 600,
        make: Callable[[], ECKey] = make_key,
    ) -> None:
        self._db = db
        self._sealer = sealer
        self._clock = clock
        self._freshness = freshness
        self._seconds = token_seconds
        self._make = make
        self._signing: tuple[str, ECKey] | None = None
        self._accepted: dict[str, AcceptedKey] = {}
        self._changes = 0
        freshness.on_change(self._changed)

    async def signing(self, conn: Any) -> tuple[str, ECKey]:
        """The current key with its kid; the first one is made here. Raises what the sealer does."""
        row = await queries.current_token_key(conn)
        if row is None:
            await self._insert(conn, self._clock.now())
            row = await queries.current_token_key(conn)
        if row is None:
            raise UnavailableError("签名密钥正在更换", hint="稍后重试")
        kid = str(row["kid"])
        if self._signing is None or self._signing[0] != kid:
            private = await asyncio.to_thread(self._sealer.open, row["private_sealed"], _place(kid))
            self._signing = kid, ECKey.import_key(private)
        return self._signing

    async def accepted(self, kid: str) -> AcceptedKey | None:
        """The key of that name, if tokens signed with it count now."""
        known = self._accepted.get(kid) if self._freshness.live else None
        if known is None:
            changes = self._changes
            keys = {row.kid: row for row in await self._rows()}
            if self._freshness.live and changes == self._changes:
                self._accepted = keys
            known = keys.get(kid)
        if known is None or (known.until is not None and self._clock.now() >= known.until):
            return None
        return known

    async def published(self) -> dict[str, Any]:
        """The JWK set at /oauth/jwks, newest first; makes the first key when there is none."""
        rows = await self._rows()
        if len(rows) == 0:
            async with self._db.transaction() as conn:
                await self.signing(conn)
            rows = await self._rows()
        return {"keys": [row.jwk for row in rows]}

    async def rotate(self, by: str, *, leaked: bool = False) -> str:
        """Sign with a new key from now on; its kid.

        Tokens of the old key count until they expire; with `leaked`, no token of any older key counts from now on.
        """
        now = self._clock.now()
        until = now if leaked else now + timedelta(seconds=self._seconds + SKEW)
        async with self._db.transaction() as conn:
            retired = [row["kid"] async for row in queries.retire_token_keys(conn, at=now, accepted_until=until)]
            if leaked:
                await queries.distrust_token_keys(conn, at=now)
            await self._insert(conn, now)
            row = await queries.current_token_key(conn)
            kid = str(row["kid"])
            await announce(conn, CHANGED)
            await record(conn, now, "key", "token_key_rotated", principal=by, retired=retired, kid=kid, leaked=leaked)
        return kid

    async def _insert(self, conn: Any, now: datetime) -> None:
        key = self._make()
        kid = key.thumbprint()
        sealed = await asyncio.to_thread(self._sealer.seal, key.as_pem(private=True).decode(), _place(kid))
        public = {**key.as_dict(private=False), "kid": kid, "use": "sig", "alg": ALG}
        await queries.insert_token_key(
            conn, kid=kid, public_jwk=orjson.dumps(public).decode(), private_sealed=sealed, at=now
        )

    async def _rows(self) -> list[AcceptedKey]:
        async with self._db.acquire() as conn:
            found = [row async for row in queries.accepted_token_keys(conn, at=self._clock.now())]
        keys = [(row["kid"], orjson.loads(row["public_jwk"]), row["accepted_until"]) for row in found]
        return [AcceptedKey(kid, jwk, public_key(jwk), until) for kid, jwk, until in keys]

    def _changed(self, what: str) -> None:
        if what in ("all", CHANGED):
            self._changes += 1
            self._accepted = {}


def _place(kid: str) -> bytes:
    return f"token_key/{kid}".encode()
