"""Asking for authorisations, seeing them, pausing and withdrawing them. Signing is in `signing_service`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from xinshu.catalogue import Catalogue
from xinshu.consent import store, terms
from xinshu.consent.artefact import Artefact, Grantee, Grantor
from xinshu.consent.errors import ConsentTermsError
from xinshu.consent.lists import queries
from xinshu.consent.model import Consent, Page, Signature, Step
from xinshu.consent.purposes import Purposes
from xinshu.consent.store import Actor
from xinshu.consent.terms import UNWRITTEN, Asked
from xinshu.consent.view import State
from xinshu.consent.wording import Wording
from xinshu.core.clock import Clock
from xinshu.core.errors import NotFoundError
from xinshu.crypto.suites import Suite
from xinshu.members.permissions import Access
from xinshu.store import Database

NOBODY = ""  # no account: passes the condition that somebody else entered it, which is checked by itself


class GrantorUnknownError(NotFoundError):
    """No subject has this code."""

    code = "subject_unknown"


@dataclass(frozen=True)
class Detail:
    """One authorisation with its life. `requested`: as the institution asked for it."""

    consent: Consent
    requested: Artefact
    summary: tuple[tuple[str, str], ...]
    steps: tuple[Step, ...]
    signatures: tuple[Signature, ...]


class ConsentService:
    """Authorisations of a node. `platform`: its division code and name."""

    def __init__(
        self,
        db: Database,
        clock: Clock,
        catalogue: Catalogue,
        purposes: Purposes,
        suite: Suite,
        platform: tuple[str, str],
        new_id: Callable[[], UUID] = uuid4,
    ) -> None:
        self.db = db
        self.clock = clock
        self.catalogue = catalogue
        self.purposes = purposes
        self.suite = suite
        self.wording = Wording(purposes, catalogue, platform[1], suite)
        self._platform = platform[0]
        self._new_id = new_id

    # -- asking ------------------------------------------------------------------------------------------------------

    async def request(self, access: Access, asked: Asked, *, send: bool = True) -> Consent:
        """Ask a firm; the request lies in its inbox, or stays a draft. Raises ConsentTermsError, GrantorUnknownError,
        ItemNotFoundError, ForbiddenError."""
        who, now = access.principal, self.clock.now()
        if who.member is None:
            raise ConsentTermsError("只有平台成员能申请授权", hint="以本机构的账户登录", reason="member_kind")
        access.check(member=who.member.id)
        purpose = self.purposes.of(asked.purpose)
        checked = terms.check(
            asked, purpose, self.purposes.personal, self.catalogue, who.member.kind, who.items, self.clock.today()
        )
        code = asked.subject.strip().upper()
        async with self.db.transaction() as conn:
            name = await queries.subject_name(conn, code=code)
            if name is None:
                raise GrantorUnknownError(f"没有找到代码为 {code} 的信用主体", hint="核对统一社会信用代码")
            artefact = self.wording.shown(
                Artefact(
                    id=str(self._new_id()),
                    revision=1,
                    suite=self.suite.name,
                    platform=self._platform,
                    grantor=Grantor(subject=code, name=name),
                    signer=None,
                    grantee=Grantee(member=who.member.id, name=who.member.name),
                    purpose=purpose.purpose,
                    purpose_note=asked.purpose_note.strip(),
                    demand=asked.demand,
                    text=UNWRITTEN,
                    **{name: getattr(checked, name) for name in checked.__dataclass_fields__},
                )
            )
            answer_by = now + timedelta(days=purpose.limits.answer_days)
            state = State.PENDING if send else State.DRAFT
            await store.insert(conn, artefact, state, answer_by, self.suite, Actor.of(who), now)
            return await store.read(conn, UUID(artefact.id), now)

    async def send(self, access: Access, consent_id: UUID) -> Consent:
        """Put a draft into the firm's inbox. Raises ConsentStateError, ConsentNotFoundError."""
        return await self._step(access, consent_id, "send")

    async def cancel(self, access: Access, consent_id: UUID) -> Consent:
        """Take back a request that is not signed. Raises ConsentStateError, ConsentNotFoundError."""
        return await self._step(access, consent_id, "cancel")

    # -- seeing ------------------------------------------------------------------------------------------------------

    async def page(
        self,
        access: Access,
        *,
        subject_code: str | None = None,
        grantee: str | None = None,
        purpose: str | None = None,
        shown: Sequence[str] | None = None,
        waits: str | None = None,
        ending_within_days: int | None = None,
        sort: str = "newest",
        page: int = 1,
        page_size: int = 20,
    ) -> Page:
        """What the caller may see, newest first, or by when it ends (`sort` "ending"). `shown`: states as anybody sees
        them, any of which will do; `waits`: "paper" for its verifiers, "signer" for its witness; `ending_within_days`:
        in force or paused, and over by then."""
        now = self.clock.now()
        ending = now + timedelta(days=ending_within_days) if ending_within_days is not None else None
        async with self.db.acquire() as conn:
            found = queries.list_consents(
                conn, scopes=access.scopes, drafts_of=list(access.principal.members), subject_code=subject_code,
                grantee=grantee, purpose=purpose, shown=list(shown) if shown else None, waits=waits,
                ending_before=ending, sort=sort, now=now, size=page_size, skip=(page - 1) * page_size,
            )  # fmt: skip
            rows = [row async for row in found]
        return Page(rows[0]["total"] if rows else 0, tuple(Consent.of(row, now) for row in rows))

    async def detail(self, access: Access, consent_id: UUID) -> Detail:
        """One authorisation with its steps and signatures. Raises ConsentNotFoundError also for what is not the
        caller's to see."""
        async with self.db.acquire() as conn:
            consent = await self.visible(conn, access, consent_id)
            steps = tuple([Step.of(row) async for row in queries.steps(conn, id=consent_id)])
            signatures = tuple([Signature.of(row) async for row in queries.signatures(conn, id=consent_id)])
            requested = await store.requested(conn, consent_id)
        return Detail(consent, requested, tuple(self.wording.summary(consent.artefact)), steps, signatures)

    async def visible(self, conn: Any, access: Access, consent_id: UUID, *, lock: bool = False) -> Consent:
        """The authorisation if the caller's right covers it; otherwise it is as if there were none."""
        consent = await store.read(conn, consent_id, self.clock.now(), lock=lock)
        own_draft = consent.grantee in access.principal.members
        if not covers(access, consent) or (consent.state is State.DRAFT and not own_draft):
            raise store.not_found(consent_id)
        return consent

    # -- the firm's decisions ----------------------------------------------------------------------------------------

    async def decline(self, access: Access, consent_id: UUID, note: str = "") -> Consent:
        """Refuse a request. Raises ConsentStateError, ConsentNotFoundError."""
        return await self._step(access, consent_id, "decline", note)

    async def pause(self, access: Access, consent_id: UUID) -> Consent:
        """Stop reading for now. Raises ConsentStateError, ConsentNotFoundError."""
        return await self._step(access, consent_id, "pause")

    async def resume(self, access: Access, consent_id: UUID) -> Consent:
        """Let reading go on. Raises ConsentStateError, ConsentNotFoundError."""
        return await self._step(access, consent_id, "resume")

    async def revoke(self, access: Access, consent_id: UUID) -> Consent:
        """Withdraw, at once and for good. Raises ConsentStateError, ConsentNotFoundError."""
        return await self._step(access, consent_id, "revoke")

    async def revoke_all(self, access: Access, grantee: str | None) -> list[UUID]:
        """Withdraw all authorisations of a grantee, or of all; those that had ended are left as they are."""
        subject, now = access.principal.subject, self.clock.now()
        access.check(subject=subject)
        async with self.db.transaction() as conn:
            rows = [row async for row in queries.to_revoke(conn, subject_code=subject, grantee=grantee)]
            found = [consent for consent in (Consent.of(row, now) for row in rows) if consent.shown != "expired"]
            for consent in found:
                await store.move(conn, consent, "revoke", Actor.of(access.principal), now, together=len(found))
        return [consent.id for consent in found]

    async def _step(self, access: Access, consent_id: UUID, event: str, note: str = "") -> Consent:
        now = self.clock.now()
        async with self.db.transaction() as conn:
            consent = await self.visible(conn, access, consent_id, lock=True)
            await store.move(conn, consent, event, Actor.of(access.principal), now, note)
            return await store.read(conn, consent_id, now)


def covers(access: Access, consent: Consent) -> bool:
    """Whether the caller's right, without regard to who entered it, covers the authorisation."""
    return access.verdict(member=consent.grantee, subject=consent.subject_code, account=NOBODY).allowed


async def close_all_of_member(conn: Any, member_id: str, by: str, now: datetime) -> dict[str, int]:
    """Off-boarding: revoke what a member holds and take back what it asks for, in the transaction of `conn`.

    Returns how many of each: `consents`, `consent_requests`.
    """
    rows = [row async for row in queries.of_member(conn, grantee=member_id)]
    ended = {"consents": 0, "consent_requests": 0}
    for row in rows:
        consent = Consent.of(row, now)
        if consent.shown == "expired":
            continue
        held = consent.state in (State.ACTIVE, State.PAUSED)
        event = "revoke" if held else "cancel"
        await store.move(conn, consent, event, Actor(by, "成员退出"), now, reason="member_left")
        ended["consents" if held else "consent_requests"] += 1
    return ended
