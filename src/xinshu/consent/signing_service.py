"""From a request in the firm's inbox to an authorisation in force: narrowing, signing, witnessing, or paper.

What is signed is shown first: `prepare` fixes the artefact (with what the firm took away, and who signs) and its
digest; `sign` takes a signature over that digest and no other.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from xinshu.consent import states, store, terms
from xinshu.consent.artefact import Artefact, Capacity
from xinshu.consent.artefact import Signer as ArtefactSigner
from xinshu.consent.errors import (
    PaperError,
    PersonalConsentError,
    RevisionError,
    SamePersonError,
    SignerError,
    SigningMethodError,
)
from xinshu.consent.lists import queries
from xinshu.consent.model import Consent, Signature
from xinshu.consent.purposes import METHOD_NAMES, Method, Purpose
from xinshu.consent.service import ConsentService
from xinshu.consent.signing.mandates import Mandates
from xinshu.consent.signing.model import Evidence, SignatureRecord, Signer, SigningProvider, ToSign
from xinshu.consent.store import Actor
from xinshu.consent.terms import Narrowing
from xinshu.consent.view import State
from xinshu.core.clock import CHINA
from xinshu.members.model import Principal
from xinshu.members.permissions import Access


@dataclass(frozen=True)
class Prepared:
    """What is to be signed: the artefact, its canonical bytes and digest, and by which means."""

    consent: Consent
    methods: tuple[Method, ...]
    passkey: dict[str, Any] | None


@dataclass(frozen=True)
class Paper:
    """A scanned authorisation: SHA-256 of the scan, where it is kept, the day on the paper."""

    sha256: str
    reference: str
    signed_on: date
    personal_signed: bool


class SigningService:
    """Signs authorisations of `consents`. `mandates` says who may sign for a firm; `providers` are the ways."""

    def __init__(self, consents: ConsentService, mandates: Mandates, providers: Iterable[SigningProvider]) -> None:
        self._consents = consents
        self._db = consents.db
        self._clock = consents.clock
        self._mandates = mandates
        self._providers = {one.method: one for one in providers}

    def methods(self, purpose: Purpose) -> tuple[Method, ...]:
        """Ways of signing offered here for a purpose; paper needs nothing of the node."""
        return tuple(one for one in purpose.signing if one in self._providers or one == "paper")

    async def prepare(self, access: Access, consent_id: UUID, by: Narrowing | None = None) -> Prepared:
        """Fix what the caller would sign: the request, less what `by` takes away, with the caller as signer.

        `by` counts from what was asked for, so that the firm may think again; None: as it was prepared last.

        Raises ConsentNotFoundError, ConsentStateError, ConsentWidenedError, SignerError, MandateEndedError.
        """
        who, now = access.principal, self._clock.now()
        async with self._db.acquire() as conn:
            seen = await self._consents.visible(conn, access, consent_id)
        capacity = await self._mandates.capacity(who, seen.subject_code)
        async with self._db.transaction() as conn:
            consent = await self._consents.visible(conn, access, consent_id, lock=True)
            states.after(consent.state, "prepare", consent.valid_to, consent.answer_by, now)
            await self._refuse_signed(conn, consent)
            before = consent.artefact
            base = before if by is None else await store.requested(conn, consent_id)
            after = terms.narrow(base, by or Narrowing(), self._consents.catalogue)
            signer = ArtefactSigner(account=who.id, capacity=capacity)
            _check_personal_is_own(after, capacity)
            after = after.model_copy(update={"signer": signer, "revision": before.revision})
            if by is not None:
                after = self._consents.wording.shown(after)
            if after != before:
                await self._revise(conn, consent, after, Actor.of(who))
            consent = await store.read(conn, consent_id, now)
        methods = self.methods(self._consents.purposes.of(consent.purpose))
        passkey = None
        if "passkey" in methods:
            passkey = await self._providers["passkey"].begin(_to_sign(consent), _account(who))
        return Prepared(consent, tuple(one for one in methods if one != "paper"), passkey)

    async def _revise(self, conn: Any, consent: Consent, artefact: Artefact, actor: Actor) -> None:
        """The next revision, with the texts that say what it says, and the step that made it."""
        now = self._clock.now()
        artefact = self._consents.wording.shown(artefact.model_copy(update={"revision": consent.revision + 1}))
        await store.revise(conn, artefact, self._consents.suite, actor, now)
        await store.move(conn, await store.read(conn, consent.id, now), "prepare", actor, now)

    async def sign(
        self, access: Access, consent_id: UUID, method: str, digest: str, evidence: Evidence, *, personal: bool
    ) -> Consent:
        """Sign what was prepared: `digest` (hexadecimal) is that of the artefact shown, `personal` the tick of the
        separate consent. In force at once, unless a witness has to confirm it.

        Raises ConsentStateError, RevisionError, SignerError, MandateEndedError, PersonalConsentError,
        SigningMethodError, and what the provider raises.
        """
        who, now = access.principal, self._clock.now()
        async with self._db.acquire() as conn:
            consent = await self._consents.visible(conn, access, consent_id)
            await self._refuse_signed(conn, consent)
        states.after(consent.state, "sign", consent.valid_to, consent.answer_by, now)
        artefact = consent.artefact
        _check_digest(consent, digest)
        if artefact.signer is None or artefact.signer.account != who.id:
            raise RevisionError("这份授权不是为本人签署准备的", hint="先查看并确认内容,再签署")
        capacity = await self._mandates.capacity(who, consent.subject_code)
        if capacity != artefact.signer.capacity:
            raise RevisionError("签署身份已变化", hint="重新查看并确认内容,再签署")
        _check_personal_is_own(artefact, capacity)
        if artefact.personal is not None and not personal:
            raise PersonalConsentError(
                "授权含有个人信息,须本人单独勾选同意", hint="勾选单独同意,或去掉个人信息后再签署", reason="not_ticked"
            )
        signer = Signer(_account(who), consent.subject_code, capacity, access.caller)
        provider = self._provider(method, consent)
        record = await provider.verify(_to_sign(consent), evidence, signer, now)
        async with self._db.transaction() as conn:
            consent = await store.read(conn, consent_id, now, lock=True)
            _check_digest(consent, digest)
            await self._refuse_signed(conn, consent)
            event = "attest" if record.witness else "sign"
            keys = {"key": record.key, "key_digest": record.key_digest}
            said = {name: value for name, value in keys.items() if value}
            await store.move(conn, consent, event, Actor.of(who), now, method=record.method, **said)
            await store.keep_signature(conn, consent, "signer", record, Actor.of(who), capacity, now)
            await queries.set_signed(conn, id=consent_id, method=record.method, by=who.id, now=now)
            return await store.read(conn, consent_id, now)

    async def withdraw_personal(self, access: Access, consent_id: UUID) -> Consent:
        """The person withdraws the separate consent; what the firm authorised stays (PIPL 15).

        Raises ConsentNotFoundError, ConsentStateError, SignerError, PersonalConsentError.
        """
        who, now = access.principal, self._clock.now()
        async with self._db.acquire() as conn:
            seen = await self._consents.visible(conn, access, consent_id)
        capacity = await self._mandates.capacity(who, seen.subject_code)
        async with self._db.transaction() as conn:
            consent = await self._consents.visible(conn, access, consent_id, lock=True)
            if capacity != "legal-representative" or not consent.personal:
                words = "只有本人能撤回个人信息的同意" if consent.personal else "授权不含个人信息"
                reason = "not_own" if consent.personal else "none"
                raise PersonalConsentError(words, hint="请本人撤回,或撤回整件授权", reason=reason)
            await store.move(conn, consent, "withdraw-personal", Actor.of(who), now)
            await queries.withdraw_personal(conn, id=consent_id, now=now)
            return await store.read(conn, consent_id, now)

    async def witness(self, access: Access, consent_id: UUID, digest: str) -> Consent:
        """Confirm that the signer, who may still sign today, signed before the caller.

        Raises ConsentStateError, ForbiddenError, RevisionError, SignerError, MandateEndedError.
        """
        who, now = access.principal, self._clock.now()
        async with self._db.acquire() as conn:
            seen = await self._consents.visible(conn, access, consent_id)
            waiting = await self._signatures(conn, seen, "signer") if seen.state is State.PENDING else []
        for one in waiting:
            if await self._mandates.capacity(Principal(one.principal, ""), seen.subject_code) != one.capacity:
                raise RevisionError("签署身份已变化", hint="由机构撤销后重新申请")
        async with self._db.transaction() as conn:
            consent = await self._consents.visible(conn, access, consent_id, lock=True)
            signed = await self._signatures(conn, consent, "signer")
            if consent.state is not State.PENDING or len(signed) == 0:
                raise states.not_now(consent.shown, "witness")
            access.check(member=consent.grantee, subject=consent.subject_code, account=signed[0].principal)
            _check_digest(consent, digest)
            record = SignatureRecord("witnessed", who.id, {})
            await store.move(conn, consent, "witness", Actor.of(who), now)
            await store.keep_signature(conn, consent, "witness", record, Actor.of(who), "witness", now)
            return await store.read(conn, consent_id, now)

    # -- paper -------------------------------------------------------------------------------------------------------

    async def attach_paper(self, access: Access, consent_id: UUID, digest: str, paper: Paper) -> Consent:
        """The asking member attaches the scan of a paper that the firm signed by hand; two operators then verify it.

        `digest`: of the artefact whose text was printed. Raises ConsentStateError, RevisionError, PaperError,
        SigningMethodError.
        """
        who, now = access.principal, self._clock.now()
        async with self._db.transaction() as conn:
            consent = await self._consents.visible(conn, access, consent_id, lock=True)
            states.after(consent.state, "attach", consent.valid_to, consent.answer_by, now)
            await self._refuse_signed(conn, consent)
            if "paper" not in self._consents.purposes.of(consent.purpose).signing:
                raise _not_offered("paper", consent, self._consents.purposes.of(consent.purpose).signing)
            _check_digest(consent, digest)
            artefact = consent.artefact
            asked_on = consent.requested_at.astimezone(CHINA).date()
            if paper.signed_on > self._clock.today() or paper.signed_on < asked_on:
                raise PaperError(f"纸质授权书的日期 {paper.signed_on} 不在申请之后、今天之前", hint="核对日期")
            signer = ArtefactSigner(account=None, capacity="paper")
            personal = artefact.personal if paper.personal_signed else None
            revised = artefact.model_copy(update={"signer": signer, "personal": personal})
            if revised != artefact:
                await self._revise(conn, consent, revised, Actor.of(who))
                consent = await store.read(conn, consent_id, now)
            kept = {"sha256": paper.sha256, "reference": paper.reference, "signed_on": paper.signed_on.isoformat()}
            record = SignatureRecord("paper", paper.sha256, kept)
            await store.move(conn, consent, "attach", Actor.of(who), now, scan=paper.sha256)
            await store.keep_signature(conn, consent, "paper", record, Actor.of(who), "paper", now)
            return await store.read(conn, consent_id, now)

    async def verify_paper(self, access: Access, consent_id: UUID, sha256: str) -> Consent:
        """One of two operators confirms having compared the scan, whose digest it gives, with the authorisation.

        Neither is the person who attached it, and they are two. Raises ConsentStateError, PaperError, SamePersonError,
        ForbiddenError.
        """
        who, now = access.principal, self._clock.now()
        async with self._db.transaction() as conn:
            consent = await self._consents.visible(conn, access, consent_id, lock=True)
            papers = await self._signatures(conn, consent, "paper")
            if consent.state is not State.PENDING or len(papers) == 0:
                raise states.not_now(consent.shown, "verify")
            access.check(member=consent.grantee, subject=consent.subject_code, account=papers[0].principal)
            first = await self._signatures(conn, consent, "verifier")
            if any(one.principal == who.id for one in first):
                raise SamePersonError("须由另一位运营人员再次核验", hint="请另一位入驻管理员核验")
            if not hmac.compare_digest(papers[0].evidence["sha256"], sha256.lower()):
                raise PaperError("所核对的扫描件与提交的不是同一份", hint="重新取得扫描件,核对其 SHA-256")
            event = "check" if len(first) == 0 else "verify"
            await store.move(conn, consent, event, Actor.of(who), now, scan=papers[0].evidence["sha256"])
            record = SignatureRecord("paper", who.id, {"sha256": papers[0].evidence["sha256"]})
            await store.keep_signature(conn, consent, "verifier", record, Actor.of(who), "operator", now)
            if event == "verify":
                await queries.set_signed(conn, id=consent_id, method="paper", by=papers[0].principal, now=now)
            return await store.read(conn, consent_id, now)

    # -- shared ------------------------------------------------------------------------------------------------------

    def _provider(self, method: str, consent: Consent) -> SigningProvider:
        offered = tuple(one for one in self.methods(self._consents.purposes.of(consent.purpose)) if one != "paper")
        found = next((one for one in offered if one == method), None)
        if found is None:
            raise _not_offered(method, consent, offered)
        return self._providers[found]

    async def _refuse_signed(self, conn: Any, consent: Consent) -> None:
        """What is signed and waits for its witness or verifiers is not changed any more."""
        if await self._signatures(conn, consent, "signer") or await self._signatures(conn, consent, "paper"):
            raise states.not_now(consent.shown, "sign", "已签署,等待见证或核验;需要改动时由机构撤销后重新申请")

    async def _signatures(self, conn: Any, consent: Consent, part: str) -> list[Signature]:
        found = [Signature.of(row) async for row in queries.signatures(conn, id=consent.id)]
        return [one for one in found if one.part == part]


def _to_sign(consent: Consent) -> ToSign:
    return ToSign(consent.content, consent.digest)


def _account(who: Principal) -> UUID:
    kind, _, name = who.id.partition(":")
    try:
        if kind == "account":
            return UUID(name)
    except ValueError:
        pass
    raise SignerError("只有个人账户能签署", hint="以法定代表人或经办人的账户登录", reason="not_a_person")


def _check_digest(consent: Consent, digest: str) -> None:
    if not hmac.compare_digest(consent.digest.hex().encode(), digest.lower().encode("utf-8", "replace")):
        raise RevisionError("授权的内容在查看之后有变化", hint="重新查看并确认内容,再签署")


def _check_personal_is_own(artefact: Artefact, capacity: Capacity) -> None:
    """A delegate speaks for the firm, not for the person of its legal representative (PIPL 23, 29)."""
    if artefact.personal is not None and capacity == "delegate":
        raise PersonalConsentError(
            "授权含有法定代表人的个人信息,须本人同意", hint="去掉个人信息后签署,或请法定代表人签署", reason="not_own"
        )


def _not_offered(method: str, consent: Consent, offered: Iterable[Method]) -> SigningMethodError:
    words = "、".join(METHOD_NAMES[one] for one in offered) or "无"
    return SigningMethodError(
        f"此授权不能以“{_method_name(method)}”签署", hint=f"可用的方式:{words}", purpose=consent.purpose
    )


def _method_name(method: str) -> str:
    return next((name for one, name in METHOD_NAMES.items() if one == method), method)
