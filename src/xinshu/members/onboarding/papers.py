"""The papers of a member: documents it hands in, agreements it signs. Writes on a connection: the caller commits."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from xinshu.core.clock import Clock
from xinshu.members.events import record
from xinshu.members.model import KIND_NAMES, STATE_NAMES, MemberKind
from xinshu.members.onboarding import rules, store
from xinshu.members.onboarding.agreements import Agreement, Agreements
from xinshu.members.onboarding.checklist import Checklist
from xinshu.members.onboarding.documents import MAX_BYTES, Cabinet, clean_name, suffix_of
from xinshu.members.onboarding.errors import (
    AgreementError,
    AgreementNotFoundError,
    DocumentError,
    DocumentNotFoundError,
    DocumentTooLargeError,
    TransitionError,
)
from xinshu.members.onboarding.model import Acceptance, Document, Member, Outcome
from xinshu.members.onboarding.registry import CLOSED, Registry, round_for
from xinshu.members.onboarding.store import queries
from xinshu.members.permissions import Access
from xinshu.store import Database

MOST_DOCUMENTS = 200  # of one application


@dataclass(frozen=True)
class Description:
    """What is said of a document when it is handed in."""

    kind: str
    name: str
    dated: date | None = None
    valid_to: date | None = None


@dataclass(frozen=True)
class Signature:
    """An agreement that concerns a member, and its acceptance, if any."""

    agreement: Agreement
    acceptance: Acceptance | None


class Papers:
    """Documents and agreements."""

    def __init__(
        self,
        db: Database,
        clock: Clock,
        registry: Registry,
        checklists: Mapping[MemberKind, Checklist],
        agreements: Agreements,
        cabinet: Cabinet,
    ) -> None:
        self._db = db
        self._clock = clock
        self._registry = registry
        self._checklists = checklists
        self._agreements = agreements
        self._cabinet = cabinet
        self._sealing = asyncio.Semaphore(2)  # files at a time: each is held whole in memory

    # -- documents ---------------------------------------------------------------------------------------------------

    async def add(self, access: Access, which: str, about: Description, content: bytes) -> Document:
        """Keep a document, sealed. It is in the lake before it is in the register; an orphan there does no harm.

        Raises MemberNotFoundError, ForbiddenError, TransitionError (refused or left), DocumentError,
        DocumentTooLargeError, DocumentTypeError, LakeError.
        """
        if len(content) > MAX_BYTES:
            raise too_large()
        async with self._db.acquire() as conn:
            member = _open(await self._registry.seen(conn, access, which))
            await self._check_room(conn, member)
        kinds = self._checklists[member.particulars.kind].documents
        if about.kind not in kinds:
            names = "、".join(f"{code}({name})" for code, name in kinds.items())
            raise DocumentError(
                f"{KIND_NAMES[member.particulars.kind]}没有材料种类“{about.kind}”", hint=f"可用:{names}"
            )
        if about.dated is not None and about.dated > self._clock.today():
            raise DocumentError(f"材料日期 {about.dated} 晚于今天", hint="填写材料上的日期")
        name = clean_name(about.name, suffix_of(content))
        async with self._sealing:
            path, digest = await asyncio.to_thread(self._cabinet.put, which, content)
        async with self._db.transaction() as conn:
            member = _open(await self._registry.seen(conn, access, which, lock=True))
            await self._check_room(conn, member)
            row = await queries.insert_document(
                conn, member_id=which, round=member.round, kind=about.kind, name=name, sha256=digest,
                bytes=len(content), path=path, dated=about.dated, valid_to=about.valid_to,
                uploaded_by=access.principal.id, now=self._clock.now(),
            )  # fmt: skip
            await self._record(conn, access, which, "document_added", document=row["id"], document_kind=about.kind)
        return store.document_of(row)

    async def review(self, conn: Any, access: Access, which: str, document_id: int, outcome: Outcome) -> Document:
        """Write down the outcome of a check as its document reports it; not by whoever handed it in.

        Raises DocumentNotFoundError, ForbiddenError, SamePersonError, DocumentError (has one already).
        """
        _open(await self._registry.seen_by_another(conn, access, which, "登记检查结论"))
        document = await self._document(conn, access, which, document_id)
        rules.check_other(access, which, document["uploaded_by"], "上传材料", "登记检查结论")
        if document["dated"] is None:
            raise DocumentError("材料没有日期,不能登记结论", hint="写明日期重新上传")
        row = await queries.set_outcome(
            conn, document_id=document_id, outcome=outcome.value, by=access.principal.id, now=self._clock.now()
        )
        if row is None:
            raise DocumentError("材料已登记过结论", hint="新的检查用新的材料")
        await self._record(conn, access, which, "document_reviewed", document=document_id, outcome=outcome.value)
        return store.document_of(row)

    async def documents(self, access: Access, which: str) -> tuple[Document, ...]:
        """Documents, newest first: those of its present round for the member, all for operators. Raises as `seen`."""
        async with self._db.acquire() as conn:
            member = await self._registry.seen(conn, access, which)
            rows = queries.list_documents(conn, member_id=which, round=round_for(access, member))
            return tuple([store.document_of(row) async for row in rows])

    async def read(self, access: Access, which: str, document_id: int) -> tuple[Document, bytes]:
        """A document and its content; reading is put on record. Raises DocumentNotFoundError and as `seen` does."""
        async with self._db.transaction() as conn:
            await self._registry.seen(conn, access, which)
            row = await self._document(conn, access, which, document_id)
            await self._record(conn, access, which, "document_read", document=document_id)
        async with self._sealing:
            content = await asyncio.to_thread(self._cabinet.get, row["path"], row["sha256"])
        return store.document_of(row), content

    async def _check_room(self, conn: Any, member: Member) -> None:
        count = await queries.count_documents(conn, member_id=member.id, round=member.round)
        if count >= MOST_DOCUMENTS:
            raise DocumentError(f"材料已达 {MOST_DOCUMENTS} 件,不再接受", hint="联系平台运营人员")

    async def _document(self, conn: Any, access: Access, which: str, document_id: int) -> Any:
        member = await store.get(conn, which)
        row = await queries.get_document(conn, member_id=which, document_id=document_id)
        shown = round_for(access, member)
        if row is None or (shown is not None and row["round"] != shown):
            raise DocumentNotFoundError(f"成员没有材料 {document_id}", hint="用 GET /v1/members/…/documents 查看")
        return row

    # -- agreements --------------------------------------------------------------------------------------------------

    async def signatures(self, access: Access, which: str) -> tuple[Signature, ...]:
        """The agreements that it accepted, then those in force for its kind, then those to come. Raises as `seen`."""
        async with self._db.acquire() as conn:
            member = await self._registry.seen(conn, access, which)
            accepted = await self._acceptances(conn, member)
        today, kind = self._clock.today(), member.particulars.kind
        asked = (*self._agreements.on(today, kind), *self._agreements.coming(today, kind))
        by_version = {(one.agreement, one.version): one for one in accepted}
        rest = [one for key, one in by_version.items() if key not in {(a.id, a.version) for a in asked}]
        return (
            *(Signature(self._agreements.get(one.agreement, one.version), one) for one in rest),
            *(Signature(one, by_version.get((one.id, one.version))) for one in asked),
        )

    async def accept(
        self, conn: Any, access: Access, which: str, agreement: str, version: str, text_sha256: str
    ) -> Acceptance:
        """A person of the member accepts the text with this digest.

        Raises AgreementNotFoundError, AgreementError (not of its kind, over, another text, accepted already),
        TransitionError, MemberNotFoundError, ForbiddenError.
        """
        member = _open(await self._registry.seen(conn, access, which, lock=True))
        chosen = self._agreements.get(agreement, version)
        kind = member.particulars.kind
        if kind not in chosen.kinds:
            raise AgreementError(f"协议“{chosen.title}”不适用于{KIND_NAMES[kind]}", hint="签署本类成员的协议")
        if chosen.in_force.end is not None and chosen.in_force.end < self._clock.today():
            raise AgreementError(f"协议“{chosen.title}”{version} 已于 {chosen.in_force.end} 失效", hint="签署现行版本")
        if text_sha256 != chosen.sha256:
            raise AgreementError("所签文本与平台现行文本不一致", hint="重新取得协议文本,阅读后再签署")
        row = await queries.insert_acceptance(
            conn, member_id=which, round=member.round, agreement=agreement, version=version, text_sha256=text_sha256,
            by=access.principal.id, now=self._clock.now(),
        )  # fmt: skip
        if row is None:
            raise AgreementError(f"协议“{chosen.title}”{version} 已经签署", hint="不必再签")
        await self._record(conn, access, which, "agreement_accepted", agreement=agreement, version=version)
        return store.acceptance_of(row)

    async def countersign(self, conn: Any, access: Access, which: str, agreement: str, version: str) -> Acceptance:
        """A person of the operator countersigns what somebody else accepted.

        Raises AgreementNotFoundError (not accepted), AgreementError (countersigned, or the text was altered),
        ForbiddenError, SamePersonError.
        """
        member = _open(await self._registry.seen_by_another(conn, access, which, "会签协议"))
        chosen = self._agreements.get(agreement, version)
        accepted = await self._acceptances(conn, member)
        found = next((one for one in accepted if (one.agreement, one.version) == (agreement, version)), None)
        if found is None:
            raise AgreementNotFoundError(f"成员尚未签署协议“{chosen.title}”{version}", hint="先由成员签署")
        rules.check_other(access, which, found.accepted_by, "签署协议", "会签协议")
        if found.text_sha256 != chosen.sha256:
            raise AgreementError("成员所签文本与平台现行文本不一致", hint="改动过的文本须另立版本,重新签署")
        row = await queries.countersign(
            conn, member_id=which, round=member.round, agreement=agreement, version=version,
            by=access.principal.id, now=self._clock.now(),
        )  # fmt: skip
        if row is None:
            raise AgreementError(f"协议“{chosen.title}”{version} 已经会签", hint="不必再签")
        await self._record(conn, access, which, "agreement_countersigned", agreement=agreement, version=version)
        return store.acceptance_of(row)

    async def _acceptances(self, conn: Any, member: Member) -> list[Acceptance]:
        rows = queries.list_acceptances(conn, member_id=member.id, round=member.round)
        return [store.acceptance_of(row) async for row in rows]

    async def _record(self, conn: Any, access: Access, which: str, code: str, **details: Any) -> None:
        await record(
            conn, self._clock.now(), "member", code, principal=access.principal.id, member_id=which,
            target=f"member:{which}", address=access.caller.address, **details,
        )  # fmt: skip


def too_large() -> DocumentTooLargeError:
    """Of a file over the limit."""
    return DocumentTooLargeError(f"材料超过上限 {MAX_BYTES // 1024 // 1024} MB", hint="压缩或分成几个文件")


def _open(member: Member) -> Member:
    if member.state in CLOSED:
        raise TransitionError(f"成员已“{STATE_NAMES[member.state]}”,不再接受材料和协议", hint="须重新申请入驻")
    return member
