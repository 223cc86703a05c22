"""HTTP of authorisations: asking, the firm's inbox, signing, withdrawing, paper."""

# Annotations are not postponed here: FastAPI could not resolve the local names of the dependencies in them.

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Body, Depends, Query, Response, status

from xinshu.consent.grantees import Reads, overview
from xinshu.consent.offline import signature_file
from xinshu.consent.service import ConsentService
from xinshu.consent.signing_service import SigningService
from xinshu.consent.views import (
    ConsentOut,
    ConsentPageOut,
    DeclineIn,
    DetailOut,
    GranteeOut,
    NarrowIn,
    PaperCheckIn,
    PaperIn,
    PreparedOut,
    RequestIn,
    RevokeAllIn,
    RevokedOut,
    SignIn,
    TemplateOut,
    TemplatesOut,
    WitnessIn,
)
from xinshu.members.permissions import Access, Guards

_STATE = "(draft|pending|active|paused|revoked|exhausted|rejected|expired)"
Shown = Annotated[
    str | None,
    Query(pattern=f"^{_STATE}(,{_STATE}){{0,7}}$", description="状态,几个以逗号分隔", examples=["active,paused"]),
]


def router(consents: ConsentService, signing: SigningService, guards: Guards, reads: Reads | None = None) -> APIRouter:
    """Routes under /v1/consents. `reads` tells what each grantee of a firm has read."""
    routes = APIRouter(prefix="/v1/consents", tags=["consent 授权"])
    _seeing(routes, consents, signing, guards, reads)
    _asking(routes, consents, signing, guards)
    _deciding(routes, consents, signing, guards)
    _confirming(routes, consents, signing, guards)
    return routes


def _seeing(
    routes: APIRouter, consents: ConsentService, signing: SigningService, guards: Guards, reads: Reads | None
) -> None:
    Reading = Annotated[Access, Depends(guards.may("read", "consent"))]

    @routes.get("/templates", summary="用途与文本 Purposes and their texts")
    async def templates(access: Reading) -> TemplatesOut:
        """Who may ask for what at most, and the text that firms are shown."""
        personal = consents.purposes.personal
        return TemplatesOut(
            purposes=[TemplateOut.of(one, signing.methods(one)) for one in consents.purposes],
            personal_text=personal.text,
            personal_version=personal.version,
        )

    @routes.get("", summary="授权列表 Authorisations")
    async def listed(
        access: Reading,
        subject: Annotated[str | None, Query(max_length=20, description="信用主体代码")] = None,
        grantee: Annotated[str | None, Query(max_length=40, description="成员编号")] = None,
        purpose: Annotated[str | None, Query(max_length=40)] = None,
        state: Shown = None,
        waits_for: Annotated[
            str | None, Query(pattern="^(verification|witness)$", description="已手签或已签署,等待核验或见证的")
        ] = None,
        ending_within_days: Annotated[int | None, Query(ge=0, le=366, description="将在几天内到期")] = None,
        sort: Annotated[
            str, Query(pattern="^(newest|ending)$", description="newest:新的在前;ending:先到期的在前")
        ] = "newest",
        page: Annotated[int, Query(ge=1, le=100_000)] = 1,
        page_size: Annotated[int, Query(ge=1, le=100)] = 20,
    ) -> ConsentPageOut:
        """A firm's inbox is `state=pending`; a member sees its own, the platform and supervisors all."""
        found = await consents.page(
            access, subject_code=subject, grantee=grantee, purpose=purpose,
            shown=state.split(",") if state is not None else None,
            waits={"verification": "paper", "witness": "signer"}.get(waits_for or ""),
            ending_within_days=ending_within_days, sort=sort, page=page, page_size=page_size,
        )  # fmt: skip
        shown = [ConsentOut.of(one, consents.purposes) for one in found.consents]
        return ConsentPageOut(total=found.total, page=page, page_size=page_size, consents=shown)

    @routes.get("/grantees", summary="谁有本企业的授权 Who holds what of a firm")
    async def grantees(access: Reading) -> list[GranteeOut]:
        """For a firm: each institution that asked or holds an authorisation, and what it has read."""
        return await overview(consents, access, reads)

    @routes.get("/{consent_id}", summary="查看授权 One authorisation")
    async def one(consent_id: UUID, access: Reading) -> DetailOut:
        """With the text that is or was signed, its steps and signatures."""
        return DetailOut.told(await consents.detail(access, consent_id), consents.purposes, access.principal)

    @routes.get(
        "/{consent_id}/artefact",
        summary="授权凭证原文 Canonical artefact",
        response_class=Response,
        responses={200: {"content": {"application/json": {"schema": {"type": "object"}}}}},
    )
    async def artefact(consent_id: UUID, access: Reading) -> Response:
        """The very bytes that are digested and signed (RFC 8785)."""
        found = await consents.detail(access, consent_id)
        return Response(found.consent.content, media_type="application/json")

    @routes.get("/{consent_id}/signature", summary="签名文件 Signature file")
    async def signature(consent_id: UUID, access: Reading) -> dict[str, Any]:
        """What `xinshu consent verify-signature` checks offline."""
        found = await consents.detail(access, consent_id)
        return signature_file(found.consent, found.signatures)


def _asking(routes: APIRouter, consents: ConsentService, signing: SigningService, guards: Guards) -> None:
    Asking = Annotated[Access, Depends(guards.may("request", "consent"))]

    @routes.post("", status_code=status.HTTP_201_CREATED, summary="申请授权 Ask for an authorisation")
    async def request(body: RequestIn, access: Asking) -> DetailOut:
        """Into the firm's inbox, or a draft. What is left out is filled with the purpose's limits."""
        made = await consents.request(access, body.asked(), send=not body.draft)
        return DetailOut.told(await consents.detail(access, made.id), consents.purposes, access.principal)

    @routes.post("/{consent_id}/send", summary="送达企业 Send a draft")
    async def send(consent_id: UUID, access: Asking) -> ConsentOut:
        """Put a draft into the firm's inbox."""
        return ConsentOut.of(await consents.send(access, consent_id), consents.purposes)

    @routes.post("/{consent_id}/cancel", summary="撤销申请 Take back a request")
    async def cancel(consent_id: UUID, access: Asking) -> ConsentOut:
        """While it is not signed."""
        return ConsentOut.of(await consents.cancel(access, consent_id), consents.purposes)

    @routes.post("/{consent_id}/paper", summary="附纸质授权书 Attach a paper")
    async def paper(consent_id: UUID, body: PaperIn, access: Asking) -> ConsentOut:
        """A paper signed by hand; two operators then compare the scan."""
        made = await signing.attach_paper(access, consent_id, body.digest, body.paper())
        return ConsentOut.of(made, consents.purposes)


def _deciding(routes: APIRouter, consents: ConsentService, signing: SigningService, guards: Guards) -> None:
    Signing = Annotated[Access, Depends(guards.may("sign", "consent"))]
    Revoking = Annotated[Access, Depends(guards.may("revoke", "consent"))]

    @routes.post("/revocations", summary="一并撤回 Withdraw several")
    async def revoke_all(body: RevokeAllIn, access: Revoking) -> RevokedOut:
        """All authorisations of one institution, or all there are."""
        return RevokedOut(revoked=await consents.revoke_all(access, body.grantee))

    @routes.post("/{consent_id}/prepare", summary="确认内容 Narrow and prepare to sign")
    async def prepare(
        consent_id: UUID, access: Signing, body: Annotated[NarrowIn | None, Body()] = None
    ) -> PreparedOut:
        """Take away what should not be given, and get what is to be signed, with its digest."""
        made = await signing.prepare(access, consent_id, body.narrowing() if body is not None else None)
        return PreparedOut.of(made, consents.purposes, consents.wording.summary(made.consent.artefact))

    @routes.post("/{consent_id}/sign", summary="签署 Sign")
    async def sign(consent_id: UUID, body: SignIn, access: Signing) -> ConsentOut:
        """In force at once; with password and code when a witness has confirmed it."""
        signed = await signing.sign(
            access, consent_id, body.method, body.digest, body.evidence(), personal=body.personal
        )
        return ConsentOut.of(signed, consents.purposes)

    @routes.post("/{consent_id}/decline", summary="不同意 Decline")
    async def decline(
        consent_id: UUID,
        access: Annotated[Access, Depends(guards.may("decline", "consent"))],
        body: Annotated[DeclineIn | None, Body()] = None,
    ) -> ConsentOut:
        """Nothing is given."""
        note = body.note if body is not None else ""
        return ConsentOut.of(await consents.decline(access, consent_id, note), consents.purposes)

    @routes.post("/{consent_id}/pause", summary="暂停 Pause")
    async def pause(consent_id: UUID, access: Annotated[Access, Depends(guards.may("pause", "consent"))]) -> ConsentOut:
        """The next inquiry is refused."""
        return ConsentOut.of(await consents.pause(access, consent_id), consents.purposes)

    @routes.post("/{consent_id}/resume", summary="恢复 Resume")
    async def resume(
        consent_id: UUID, access: Annotated[Access, Depends(guards.may("resume", "consent"))]
    ) -> ConsentOut:
        """Within its validity."""
        return ConsentOut.of(await consents.resume(access, consent_id), consents.purposes)

    @routes.post("/{consent_id}/personal/revoke", summary="撤回个人信息同意 Withdraw the consent of the person")
    async def withdraw_personal(consent_id: UUID, access: Revoking) -> ConsentOut:
        """Personal information is masked from now on; the firm's authorisation stays."""
        return ConsentOut.of(await signing.withdraw_personal(access, consent_id), consents.purposes)

    @routes.post("/{consent_id}/revoke", summary="撤回 Withdraw")
    async def revoke(consent_id: UUID, access: Revoking) -> ConsentOut:
        """At once and for good."""
        return ConsentOut.of(await consents.revoke(access, consent_id), consents.purposes)


def _confirming(routes: APIRouter, consents: ConsentService, signing: SigningService, guards: Guards) -> None:

    @routes.post("/{consent_id}/witness", summary="见证 Witness")
    async def witness(
        consent_id: UUID, body: WitnessIn, access: Annotated[Access, Depends(guards.may("witness", "consent"))]
    ) -> ConsentOut:
        """Confirm that the signer, known to be that person, signed before you."""
        return ConsentOut.of(await signing.witness(access, consent_id, body.digest), consents.purposes)

    @routes.post("/{consent_id}/paper/verify", summary="核验纸质授权书 Verify a paper")
    async def verify_paper(
        consent_id: UUID,
        body: PaperCheckIn,
        access: Annotated[Access, Depends(guards.may("verify-paper", "consent"))],
    ) -> ConsentOut:
        """In force when two different operators have compared the same scan."""
        return ConsentOut.of(await signing.verify_paper(access, consent_id, body.sha256), consents.purposes)
