"""HTTP of onboarding: applications, members, their steps and conditions, documents, agreements, leaving."""

# Annotations are not postponed here: FastAPI could not resolve the local names of the dependencies in them.

from datetime import date
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Body, Depends, Query, Request, Response, status
from fastapi import Path as InPath
from starlette.requests import ClientDisconnect

from xinshu.members.model import MemberKind, MemberState
from xinshu.members.onboarding.application import ApplicationIn, ChangesIn
from xinshu.members.onboarding.documents import MAX_BYTES, MEDIA_TYPES
from xinshu.members.onboarding.errors import DocumentError
from xinshu.members.onboarding.papers import Description, too_large
from xinshu.members.onboarding.service import OnboardingService
from xinshu.members.onboarding.views import (
    AcceptanceOut,
    AcceptIn,
    AppliedOut,
    ChangeList,
    ChangeOut,
    ContactOut,
    DecisionIn,
    DocumentOut,
    EditedOut,
    MemberList,
    MemberOut,
    NoteIn,
    OutcomeIn,
    OutlookOut,
    ReasonIn,
    SignatureOut,
    StepIn,
    StepOut,
)
from xinshu.members.permissions import Access, Guards
from xinshu.members.permissions.guards import caller_of

MemberId = Annotated[str, InPath(pattern=r"^m[a-z0-9]{1,31}$", description="成员编号")]
Number = Annotated[int, InPath(ge=1, le=2**62)]
Name = Annotated[str, InPath(pattern=r"^[a-z][a-z0-9-]{0,63}$")]
Version = Annotated[str, InPath(pattern=r"^[0-9A-Za-z][0-9A-Za-z.-]{0,31}$")]
PageNumber = Annotated[int, Query(ge=1, le=100_000)]
PageSize = Annotated[int, Query(ge=1, le=200)]
FILE_BODY = {
    "requestBody": {
        "required": True,
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}


def router(service: OnboardingService, guards: Guards) -> APIRouter:
    """All routes of onboarding."""
    routes = APIRouter()
    routes.include_router(_public(service))
    routes.include_router(_members(service, guards))
    routes.include_router(_steps(service, guards))
    routes.include_router(_documents(service, guards))
    routes.include_router(_agreements(service, guards))
    return routes


def _public(service: OnboardingService) -> APIRouter:
    """What anybody may do: read what is asked, and apply."""
    routes = APIRouter(prefix="/v1", tags=["members 成员"])

    @routes.post("/applications", status_code=status.HTTP_201_CREATED, summary="申请入驻 Apply")
    async def apply(body: Annotated[ApplicationIn, Body()], request: Request) -> AppliedOut:
        """An organisation applies for itself; the invitation in the answer is told once."""
        async with service.db.transaction() as conn:
            done = await service.registry.apply(conn, body, address=caller_of(request).address)
        return AppliedOut(member=MemberOut.of(done.member), invitation=done.invitation)

    @routes.get("/onboarding/{kind}", summary="入驻条件 What is asked of a kind of member")
    async def asked(kind: MemberKind) -> dict[str, Any]:
        """Kinds of document, and every condition with the step from which on it is asked."""
        return service.checklists[kind].model_dump(mode="json")

    @routes.get("/agreements", summary="现行协议 Agreements in force")
    async def agreements(kind: MemberKind | None = None) -> list[dict[str, Any]]:
        """Of all kinds of member, or of one; without the texts."""
        found = service.agreements.on(service.clock.today(), kind)
        return [{**one.model_dump(mode="json", exclude={"text"}), "text_sha256": one.sha256} for one in found]

    @routes.get("/agreements/{agreement}/{version}", summary="协议文本 Text of an agreement")
    async def agreement(agreement: Name, version: Version) -> dict[str, Any]:
        """The text and its digest, which is what a member accepts."""
        one = service.agreements.get(agreement, version)
        return {**one.model_dump(mode="json"), "text_sha256": one.sha256}

    return routes


def _members(service: OnboardingService, guards: Guards) -> APIRouter:
    routes = APIRouter(prefix="/v1/members", tags=["members 成员"])
    Apply = Annotated[Access, Depends(guards.may("apply", "member"))]
    Read = Annotated[Access, Depends(guards.may("read", "member"))]
    Edit = Annotated[Access, Depends(guards.may("edit", "member"))]
    Advance = Annotated[Access, Depends(guards.may("advance", "member"))]
    Confirm = Annotated[Access, Depends(guards.may("confirm-branch", "member"))]

    @routes.post("", status_code=status.HTTP_201_CREATED, summary="代为申请 Apply on behalf")
    async def apply(body: Annotated[ApplicationIn, Body()], access: Apply) -> AppliedOut:
        """An operator enters an application; the same person then does not approve it."""
        async with service.db.transaction() as conn:
            done = await service.registry.apply(conn, body, access.principal, access.caller.address)
        return AppliedOut(member=MemberOut.of(done.member), invitation=done.invitation)

    @routes.get("", summary="成员列表 Members")
    async def members(
        access: Read,
        state: MemberState | None = None,
        kind: MemberKind | None = None,
        parent: Annotated[str | None, Query(max_length=32, description="上级机构的成员编号")] = None,
        text: Annotated[str | None, Query(max_length=100, description="名称的一部分,或代码开头")] = None,
        page: PageNumber = 1,
        page_size: PageSize = 50,
    ) -> MemberList:
        """Newest application first."""
        found = await service.registry.page(
            access, state=state, kind=kind, parent=parent, text=text, page=page, page_size=page_size
        )
        members = [MemberOut.of(member) for member in found.members]
        return MemberList(total=found.total, page=page, page_size=page_size, members=members)

    @routes.get("/{member_id}", summary="成员 One member")
    async def member(member_id: MemberId, access: Read) -> MemberOut:
        """Without its contacts."""
        return MemberOut.of(await service.registry.get(access, member_id))

    @routes.get("/{member_id}/contacts", summary="联系人 Contacts")
    async def contacts(member_id: MemberId, access: Edit) -> list[ContactOut]:
        """For those who may change them."""
        return [ContactOut.of(one) for one in await service.registry.contacts(access, member_id)]

    @routes.patch("/{member_id}", summary="修改资料 Change a member")
    async def edit(member_id: MemberId, body: Annotated[ChangesIn, Body()], access: Edit) -> EditedOut:
        """Contacts change at once; what was checked at admission waits for a second person."""
        async with service.db.transaction() as conn:
            change = await service.registry.edit(conn, access, member_id, body)
            member = await service.registry.seen(conn, access, member_id)
        pending = ChangeOut.of(change) if change is not None else None
        return EditedOut(member=MemberOut.of(member), pending=pending)

    @routes.post("/{member_id}/parent-confirmation", summary="确认下级机构 Confirm a branch")
    async def confirm_branch(member_id: MemberId, access: Confirm) -> MemberOut:
        """By an administrator of the member that it named as its parent; without it no branch is admitted."""
        async with service.db.transaction() as conn:
            return MemberOut.of(await service.registry.confirm_branch(conn, access, member_id))

    @routes.get("/{member_id}/changes", summary="资料修改记录 Changes proposed")
    async def changes(member_id: MemberId, access: Read, page: PageNumber = 1, page_size: PageSize = 50) -> ChangeList:
        """Newest first."""
        total, found = await service.registry.changes(access, member_id, page, page_size)
        return ChangeList(total=total, page=page, page_size=page_size, changes=[ChangeOut.of(one) for one in found])

    @routes.post("/{member_id}/changes/{number}", summary="审核资料修改 Decide on a change")
    async def decide(
        member_id: MemberId, number: Number, body: Annotated[DecisionIn, Body()], access: Advance
    ) -> MemberOut:
        """Not by whoever proposed it."""
        async with service.db.transaction() as conn:
            return MemberOut.of(await service.registry.decide(conn, access, member_id, number, body.accept))

    return routes


def _steps(service: OnboardingService, guards: Guards) -> APIRouter:
    routes = APIRouter(prefix="/v1/members/{member_id}", tags=["members 成员"])
    Read = Annotated[Access, Depends(guards.may("read", "member"))]
    Advance = Annotated[Access, Depends(guards.may("advance", "member"))]
    Suspend = Annotated[Access, Depends(guards.may("suspend", "member"))]
    Resume = Annotated[Access, Depends(guards.may("resume", "member"))]
    Offboard = Annotated[Access, Depends(guards.may("offboard", "member"))]

    @routes.get("/steps", summary="办理记录 Steps")
    async def history(member_id: MemberId, access: Read) -> list[StepOut]:
        """All steps in order, each with the conditions as they stood."""
        return [StepOut.of(step) for step in await service.steps.history(access, member_id)]

    @routes.get("/checklist", summary="条件核对 Conditions")
    async def checklist(member_id: MemberId, access: Read, target: MemberState | None = None) -> OutlookOut:
        """What the next step (or the one named) asks, as it stands now, and what to do."""
        return OutlookOut.of(await service.steps.checklist(access, member_id, target))

    @routes.post("/steps", summary="办理入驻 Next step")
    async def advance(member_id: MemberId, body: Annotated[StepIn, Body()], access: Advance) -> MemberOut:
        """To the next stage when its conditions hold, or refused with a reason."""
        async with service.db.transaction() as conn:
            return MemberOut.of(
                await service.steps.advance(conn, access, member_id, body.to, body.note, body.documents)
            )

    @routes.post("/suspend", summary="暂停 Suspend")
    async def suspend(member_id: MemberId, body: Annotated[ReasonIn, Body()], access: Suspend) -> MemberOut:
        """Takes effect at once, for branches too."""
        async with service.db.transaction() as conn:
            return MemberOut.of(await service.steps.suspend(conn, access, member_id, body.note))

    @routes.post("/resume", summary="恢复 Resume")
    async def resume(member_id: MemberId, body: Annotated[NoteIn, Body()], access: Resume) -> MemberOut:
        """All conditions are asked anew."""
        async with service.db.transaction() as conn:
            return MemberOut.of(await service.steps.resume(conn, access, member_id, body.note))

    @routes.post("/offboard", summary="退出 Leave")
    async def offboard(member_id: MemberId, body: Annotated[ReasonIn, Body()], access: Offboard) -> MemberOut:
        """Closes accounts, keys and authorisations, and issues the data-destruction certificate."""
        async with service.db.transaction() as conn:
            return MemberOut.of(await service.steps.offboard(conn, access, member_id, body.note))

    @routes.get("/certificate", summary="数据销毁或返还证明 Certificate", response_class=Response)
    async def certificate(member_id: MemberId, access: Read) -> Response:
        """As issued: canonical JSON with the platform's signature."""
        return Response(await service.steps.certificate(access, member_id), media_type="application/json")

    return routes


def _documents(service: OnboardingService, guards: Guards) -> APIRouter:
    routes = APIRouter(prefix="/v1/members/{member_id}/documents", tags=["members 成员"])
    Add = Annotated[Access, Depends(guards.may("add", "member-document"))]
    Read = Annotated[Access, Depends(guards.may("read", "member-document"))]
    Advance = Annotated[Access, Depends(guards.may("advance", "member"))]

    @routes.post("", status_code=status.HTTP_201_CREATED, summary="上传材料 Add a document", openapi_extra=FILE_BODY)
    async def add(
        member_id: MemberId,
        request: Request,
        access: Add,
        kind: Annotated[str, Query(pattern=r"^[a-z][a-z0-9_]{0,63}$", description="材料种类")],
        name: Annotated[str, Query(min_length=1, max_length=255, description="文件名")],
        dated: Annotated[date | None, Query(description="材料上的日期")] = None,
        valid_to: Annotated[date | None, Query(description="有效期至")] = None,
    ) -> DocumentOut:
        """The body is the file itself: PDF, PNG, JPG or OFD, up to 20 MB."""
        await service.registry.get(access, member_id)  # before its bytes are taken in
        content = await _body(request)
        return DocumentOut.of(
            await service.papers.add(access, member_id, Description(kind, name, dated, valid_to), content)
        )

    @routes.get("", summary="材料列表 Documents")
    async def documents(member_id: MemberId, access: Read) -> list[DocumentOut]:
        """Newest first."""
        return [DocumentOut.of(one) for one in await service.papers.documents(access, member_id)]

    @routes.get("/{number}", summary="下载材料 Content of a document", response_class=Response)
    async def content(member_id: MemberId, number: Number, access: Read) -> Response:
        """The file as handed in; the reading is put on record."""
        document, data = await service.papers.read(access, member_id, number)
        headers = {
            "Content-Disposition": f"attachment; filename*=UTF-8''{quote(document.name, safe='')}",
            "X-Content-Type-Options": "nosniff",
        }
        return Response(data, media_type=MEDIA_TYPES[document.name[-4:]], headers=headers)

    @routes.post("/{number}/outcome", summary="登记检查结论 Outcome of a check")
    async def review(
        member_id: MemberId, number: Number, body: Annotated[OutcomeIn, Body()], access: Advance
    ) -> DocumentOut:
        """Not by whoever handed it in."""
        async with service.db.transaction() as conn:
            return DocumentOut.of(await service.papers.review(conn, access, member_id, number, body.outcome))

    return routes


def _agreements(service: OnboardingService, guards: Guards) -> APIRouter:
    routes = APIRouter(prefix="/v1/members/{member_id}/agreements", tags=["members 成员"])
    Read = Annotated[Access, Depends(guards.may("read", "member"))]
    Accept = Annotated[Access, Depends(guards.may("accept", "agreement"))]
    Countersign = Annotated[Access, Depends(guards.may("countersign", "agreement"))]

    @routes.get("", summary="成员协议 Agreements of a member")
    async def signatures(member_id: MemberId, access: Read) -> list[SignatureOut]:
        """Those in force for its kind, and those it accepted."""
        return [SignatureOut.of(one) for one in await service.papers.signatures(access, member_id)]

    @routes.post("/{agreement}/{version}/acceptance", summary="签署协议 Accept")
    async def accept(
        member_id: MemberId, agreement: Name, version: Version, body: Annotated[AcceptIn, Body()], access: Accept
    ) -> AcceptanceOut:
        """By a person of the member; the digest says which text was read."""
        async with service.db.transaction() as conn:
            return AcceptanceOut.of(
                await service.papers.accept(conn, access, member_id, agreement, version, body.text_sha256)
            )

    @routes.post("/{agreement}/{version}/countersignature", summary="会签协议 Countersign")
    async def countersign(member_id: MemberId, agreement: Name, version: Version, access: Countersign) -> AcceptanceOut:
        """By a person of the operator."""
        async with service.db.transaction() as conn:
            return AcceptanceOut.of(await service.papers.countersign(conn, access, member_id, agreement, version))

    return routes


async def _body(request: Request) -> bytes:
    """The body, up to the limit. Raises DocumentTooLargeError, DocumentError (cut short)."""
    declared = request.headers.get("content-length")
    if declared is not None and declared.isdigit() and int(declared) > MAX_BYTES:
        raise too_large()
    content = bytearray()
    try:
        async for chunk in request.stream():
            content += chunk
            if len(content) > MAX_BYTES:
                raise too_large()
    except ClientDisconnect:
        raise DocumentError("文件没有传完", hint="网络中断,请重新上传") from None
    return bytes(content)
