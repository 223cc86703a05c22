"""What an inquiry needs of authorisations: those that a subject gave, and taking a use of one.

Nothing is kept in memory: what was revoked anywhere, in whatever process, is refused by the next question.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from xinshu.consent import store
from xinshu.consent.view import ConsentView
from xinshu.store import Database


class ConsentUses:
    """Looks authorisations up and takes their uses."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def of(self, subject_code: str, member_id: str) -> Sequence[ConsentView]:
        """The authorisations that a subject gave a member, as they are now."""
        async with self._db.acquire() as conn:
            return await store.in_force(conn, subject_code, member_id)

    async def take_use(self, consent_id: str, now: datetime) -> bool:
        """Take one use of a counted authorisation; False when none is left or it is not in force."""
        async with self._db.acquire() as conn:
            return await store.take_use(conn, consent_id, now)

    async def give_back(self, consent_id: str, now: datetime) -> None:
        """Undo `take_use`: nothing was answered."""
        async with self._db.acquire() as conn:
            await store.give_back_use(conn, consent_id, now)
