"""Verifying what an institution was told against what is known."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson

from xinshu.catalogue import Catalogue, Item
from xinshu.consent.forms import Unseal, profile
from xinshu.consent.rules import Request, choose_each, reader_of
from xinshu.core.clock import Clock
from xinshu.inquiry.evidence import Inquired, InquiryDetail, random_id
from xinshu.inquiry.model import SubjectUnknownError
from xinshu.inquiry.reading import Known, Reading
from xinshu.inquiry.service import KIND
from xinshu.inquiry.verification.model import (
    Claim,
    Outcome,
    Verifiable,
    VerificationQuotaError,
    VerificationRefusedError,
    Verified,
    same,
)
from xinshu.ledger import Entry, Ledger
from xinshu.members.model import Principal
from xinshu.store import Database, load_queries

queries = load_queries("xinshu.inquiry.verification")
CODE = "verified"  # in the list of inquiries, where other items have the code of their decision


class VerificationService:
    """Verifications of a node."""

    def __init__(
        self,
        db: Database,
        clock: Clock,
        catalogue: Catalogue,
        ledger: Ledger,
        verifiable: Verifiable,
        unseal: Unseal,
        per_day: int,
        new_id: Callable[[], UUID] = random_id,
    ) -> None:
        """`unseal(field, sealed)` may block; `per_day`: attempts of one member about one subject."""
        self.verifiable = verifiable
        self._db = db
        self._clock = clock
        self._catalogue = catalogue
        self._ledger = ledger
        self._unseal = unseal
        self._per_day = per_day
        self._new_id = new_id
        self._detail = InquiryDetail()
        self._reading = Reading(db)

    async def verify(self, claim: Claim, who: Principal) -> Verified:
        """Compare; an attempt counts whatever comes of it, and its evidence is durable before the answer.

        Raises ItemNotFoundError, NotVerifiableError, SubjectUnknownError, VerificationRefusedError,
        VerificationQuotaError, LedgerUnavailableError.
        """
        now, item = self._clock.now(), self._catalogue.item(claim.item)
        self.verifiable.check(item.item, list(claim.facts))
        known = await self._reading.found(claim.subject.strip().upper(), who.member_id, [item.item], None)
        if known is None:
            raise SubjectUnknownError(f"没有找到代码为 {claim.subject} 的信用主体", hint="核对代码,或按名称查找")
        self._decide(claim, item, known, who, now)
        await self._count(known.code, who)
        outcome = await asyncio.to_thread(self._compare, item, claim.facts, known)
        fields = tuple(sorted(claim.facts))
        digest = self._ledger.suite.digest
        result = digest(orjson.dumps([item.item, fields, outcome]))
        inquired = Inquired(
            id=self._new_id(), at=now, principal=who.id, member_id=who.member_id, subject_code=known.code,
            purpose=claim.purpose, reference=claim.reference, consents=(), items={item.item: CODE}, result=result,
            idempotency_key=None, request=None,
        )  # fmt: skip
        about: dict[str, Any] = {
            "inquiry": str(inquired.id), "purpose": claim.purpose, "consents": [], "items": inquired.items,
            "as_of": None, "asked": inquired.asked(digest), "result": result.hex(),
        }  # fmt: skip
        entry = Entry(KIND, now, who.id, who.member_id, known.code, about)
        leaf = await self._ledger.append(entry, self._detail, inquired)
        return Verified(inquired.id, leaf, known.code, known.subject["name"], item.item, fields, outcome, now)

    async def remove_outlived(self) -> None:
        """Forget the counts of days gone by."""
        async with self._db.acquire() as conn:
            await queries.forget_counts(conn, today=self._clock.today())

    def _decide(self, claim: Claim, item: Item, known: Known, who: Principal, now: datetime) -> None:
        request = Request(who.id, reader_of(who), known.code, claim.purpose, who.items, who.member_id)
        (decision,) = choose_each(request, known.consents, [profile(item)], now)
        if not decision.allowed:
            raise VerificationRefusedError(decision.reason, hint=decision.remedy, reason=decision.code)

    async def _count(self, code: str, who: Principal) -> None:
        owner = who.member_id or who.id
        async with self._db.acquire() as conn:
            left = await queries.take_attempt(
                conn, owner=owner, subject=code, day=self._clock.today(), most=self._per_day
            )
        if left is None:
            raise VerificationQuotaError(
                f"本单位今天对 {code} 的 {self._per_day} 次核验已用完", hint="明天再试,或向企业核实后取得授权"
            )

    def _compare(self, item: Item, facts: Mapping[str, str], known: Known) -> Outcome:
        """May block."""
        held = known.holdings.get(item.item)
        if held is None or held[2] == 0:
            return Outcome.NOTHING_KNOWN
        sealed = {one.name for one in item.sealed_fields}
        rows = [row["data"] for row in orjson.loads(held[0])]
        agrees = any(all(same(facts[name], self._value(row, name, sealed)) for name in facts) for row in rows)
        return Outcome.MATCH if agrees else Outcome.NO_MATCH

    def _value(self, row: dict[str, Any], name: str, sealed: set[str]) -> Any:
        value = row.get(name)
        return self._unseal(name, value) if value is not None and name in sealed else value
