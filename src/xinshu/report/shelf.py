"""Reports that were issued: who obtained which, reading one's own again, handing out its files.

Reading again is refused where the reader could no longer obtain it: an authorisation that it relies on is not in force,
or a fact in it was repaired, withdrawn, corrected or disputed since (R5.3). Each reading is a leaf.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum
from typing import Any

from xinshu.catalogue import Catalogue
from xinshu.consent.rules import Reader, reader_of
from xinshu.consent.view import ConsentView, State
from xinshu.core.clock import CHINA, Clock
from xinshu.crypto import Sealer
from xinshu.inquiry.service import Consents
from xinshu.ledger import Entry, Ledger
from xinshu.members.model import Principal
from xinshu.report.errors import (
    ReportConsentEndedError,
    ReportExpiredError,
    ReportNotFoundError,
    ReportNotOwnError,
    ReportOutdatedError,
)
from xinshu.report.evidence import READ, queries
from xinshu.report.model import Report
from xinshu.report.store import Stored, end_of, opened
from xinshu.store import Database

EVERYTHING = "[{}]"  # scopes of whoever may see all
_ENDED = {
    State.REVOKED: ("consent_revoked", "企业已撤回授权"),
    State.PAUSED: ("consent_paused", "企业已暂停授权"),
    State.REJECTED: ("consent_rejected", "企业没有同意授权"),
}


class Standing(StrEnum):
    """What is to be said of a report to whoever verifies it."""

    VALID = "valid"
    OUTDATED = "outdated"
    EXPIRED = "expired"


@dataclass(frozen=True)
class Filter:
    """Which reports: every filter may be None. `since`, `until`: days in China, both included. `before`: leaves."""

    subject: str | None = None
    member: str | None = None
    variant: str | None = None
    since: date | None = None
    until: date | None = None
    before: int | None = None
    size: int = 50


@dataclass(frozen=True)
class Held:
    """A report with its content: `document` is canonical JSON, whose digest is in the leaf of its issue."""

    stored: Stored
    document: bytes

    @property
    def report(self) -> Report:
        """The document."""
        return Report.model_validate_json(self.document)


class Shelf:
    """The issued reports of a node."""

    def __init__(
        self, db: Database, clock: Clock, catalogue: Catalogue, ledger: Ledger, consents: Consents, vault: Sealer
    ) -> None:
        self._db = db
        self._clock = clock
        self._ledger = ledger
        self._consents = consents
        self._vault = vault
        self._registers = [item.item for item in catalogue.items if item.subject.role == "registry"]

    # -- who obtained what -------------------------------------------------------------------------------------------

    async def page(self, asked: Filter, scopes: str = EVERYTHING) -> list[Stored]:
        """A page within `scopes` (of a guard), newest first."""
        since = datetime.combine(asked.since, time(), CHINA) if asked.since is not None else None
        until = end_of(asked.until) if asked.until is not None else None
        async with self._db.acquire() as conn:
            rows = queries.list_reports(
                conn, scopes=scopes, subject=asked.subject, member_id=asked.member, variant=asked.variant, since=since,
                until=until, before=asked.before, size=asked.size,
            )  # fmt: skip
            return [Stored.of(row) async for row in rows]

    async def stored(self, number: str) -> Stored:
        """One report without its content. Raises ReportNotFoundError."""
        async with self._db.acquire() as conn:
            return _found(await queries.report(conn, number=number.strip().upper()), number)

    async def by_check_code(self, code: str) -> Stored | None:
        """The report that a check code opens."""
        async with self._db.acquire() as conn:
            row = await queries.by_check_code(conn, check_code=code.strip().upper())
        return Stored.of(row) if row is not None else None

    async def by_digest(self, digest: bytes) -> Stored | None:
        """The report of which a file with this digest is a copy: its JSON, or a file that was handed out."""
        async with self._db.acquire() as conn:
            row = await queries.by_digest(conn, digest=digest)
        return Stored.of(row) if row is not None else None

    async def subject_name(self, stored: Stored) -> str | None:
        """The subject's name today."""
        async with self._db.acquire() as conn:
            name: str | None = await queries.subject_name(conn, subject_id=stored.subject_id)
        return name

    async def standing(self, stored: Stored) -> Standing:
        """Whether it still says what is known. Past its time it is expired, whatever became of its facts."""
        if stored.expires_at <= self._clock.now():
            return Standing.EXPIRED
        return Standing.OUTDATED if await self._outdated(stored) else Standing.VALID

    async def _outdated(self, stored: Stored) -> bool:
        async with self._db.acquire() as conn:
            return bool(await queries.outdated(conn, number=stored.number, registries=self._registers))

    # -- reading again -----------------------------------------------------------------------------------------------

    async def content(self, number: str, who: Principal) -> Held:
        """The content, for whom it was made. Nothing of it may be handed out before `hand_out`.

        Raises ReportNotFoundError, ReportNotOwnError, ReportExpiredError, ReportConsentEndedError,
        ReportOutdatedError, ShreddedError.
        """
        stored = await self.stored(number)
        if stored.owner != (who.member_id or who.id) and (who.subject is None or who.subject != _firm_of(stored)):
            raise ReportNotOwnError(
                f"报告 {stored.number} 不是本单位取得的,不能查看内容", hint="需要时以本单位名义另行出具报告"
            )
        async with self._db.acquire() as conn:
            row = await queries.document(conn, number=stored.number)
        if row is None or stored.expires_at <= self._clock.now():
            raise ReportExpiredError(
                f"报告 {stored.number} 的保存期已过,内容已删除", hint="编号、摘要和存证仍可核验;需要时重新出具"
            )
        await self._check_consents(stored, who)
        if await self._outdated(stored):
            raise ReportOutdatedError(
                f"报告 {stored.number} 出具后,其中有信息被修复、撤回、更正或提出异议,不再提供",
                hint="重新出具报告,取得最新信息", report=stored.number,
            )  # fmt: skip
        document = await asyncio.to_thread(opened, self._vault, stored.number, row["sealed"])
        return Held(stored, document)

    async def hand_out(self, held: Held, who: Principal, form: str, lang: str, content: bytes) -> int:
        """The leaf that proves that a file was handed out; durable when this returns. Raises LedgerUnavailableError."""
        now, digest = self._clock.now(), self._ledger.suite.digest(content)
        about: dict[str, Any] = {
            "report": held.stored.number, "format": form, "lang": lang, "digest": digest.hex(),
        }  # fmt: skip
        entry = Entry(READ, now, who.id, who.member_id, held.stored.subject_code, about)
        leaf = await self._ledger.append(entry)
        async with self._db.acquire() as conn:
            await queries.insert_file(
                conn, number=held.stored.number, digest=digest, format=form, lang=lang, at=now, leaf=leaf
            )
        return leaf

    async def _check_consents(self, stored: Stored, who: Principal) -> None:
        """Raises ReportConsentEndedError where an institution could no longer read what the report says."""
        if reader_of(who) is not Reader.INSTITUTION or who.member_id is None:
            return
        lost = [item for item in stored.items if who.items is not None and item not in who.items]
        if lost:
            raise ReportConsentEndedError(
                f"本单位的接入范围已不含报告 {stored.number} 中的事项 {'、'.join(lost)}",
                hint="向平台申请扩大接入范围后重新出具", reason="not_own_item",
            )  # fmt: skip
        views = {view.id: view for view in await self._consents.of(stored.subject_code, who.member_id)}
        for consent in stored.consents:
            code, words = _ended(views.get(consent), self._clock.now())
            if code:
                raise ReportConsentEndedError(
                    f"报告 {stored.number} 依据的授权不再有效:{words}", hint="向企业发起新的授权申请后重新出具",
                    reason=code, consent=consent,
                )  # fmt: skip


def _firm_of(stored: Stored) -> str | None:
    """The firm whose own report it is."""
    return stored.subject_code if stored.reader_kind == "firm" else None


def _ended(view: ConsentView | None, now: datetime) -> tuple[str, str]:
    """Code and words of why an authorisation is no longer in force; empty while it is. That its uses are taken does not
    end what was obtained with them."""
    if view is None:
        return "consent_missing", "平台没有这件授权"
    if view.state in _ENDED:
        return _ENDED[view.state]
    if view.valid_to <= now:
        return "consent_expired", "授权已过有效期"
    return "", ""


def _found(row: Any, number: str) -> Stored:
    if row is None:
        raise ReportNotFoundError(f"没有报告 {number}", hint="核对报告编号;在“我的报告”中查找")
    return Stored.of(row)


def scoped(stored: Stored) -> dict[str, str | None]:
    """What the permission table asks about a report."""
    return {"member": stored.member_id, "subject": stored.subject_code, "account": stored.principal}
