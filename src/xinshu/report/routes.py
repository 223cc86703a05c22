"""HTTP of reports: issuing, the list of who obtained which, reading again as JSON, quality. Feedback has its own."""

# Annotations are not postponed here: FastAPI could not resolve the local names of the dependencies in them.

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Body, Depends, Header, Path, Query, Response, status
from pydantic import BaseModel, ConfigDict, Field

from xinshu.inquiry.routes import KEY, TEXT, Day
from xinshu.members.permissions import Access, Guards
from xinshu.report.figures import Figures, PlatformQuality
from xinshu.report.model import Report, Variant, json_schema
from xinshu.report.service import Asked, Issued, ReportService
from xinshu.report.shelf import Filter, Shelf, scoped
from xinshu.report.store import Stored

Number = Annotated[str, Path(max_length=40, pattern=TEXT, description="报告编号")]
JSON_REPORT: dict[int | str, dict[str, Any]] = {200: {"model": Report}}


class ReportIn(BaseModel):
    """Which report is wanted."""

    model_config = ConfigDict(extra="forbid")

    subject: str = Field(min_length=1, max_length=40, pattern=TEXT, description="统一社会信用代码、原注册号或平台编号")
    variant: Variant = Field(Variant.PRE_LOAN, description="报告类型")
    purpose: str = Field("", max_length=40, pattern=TEXT, description="用途代码;本企业和平台可不填")
    as_of: Day | None = Field(None, description="报告日期;不填为今天")
    since: Day | None = Field(None, description="变动报告的起始日期")
    reference: str | None = Field(None, max_length=100, pattern=TEXT, description="本单位的业务编号,企业看不到")

    def asked(self) -> Asked:
        """As the service takes it."""
        return Asked(**{name: getattr(self, name) for name in type(self).model_fields})


class ReportOut(BaseModel):
    """A report without its content. `reference`: the reader's own, None for others; `own`: the caller may read its
    content; `reader_name`: who obtained it. `digest`: of its JSON, which is in leaf `leaf`."""

    number: str
    check_code: str | None
    issued_at: datetime
    expires_at: datetime
    subject_code: str
    subject_name: str | None
    variant: Variant
    purpose: str
    as_of: date
    since: date | None
    layout_version: str
    reader_kind: str
    reader_name: str
    member_id: str | None
    reference: str | None
    grade: str | None
    own: bool
    inquiry: UUID
    leaf: int
    digest: str
    content_digest: str

    @classmethod
    def of(cls, stored: Stored, access: Access) -> "ReportOut":
        """As this caller may see it: the check code and the reader's reference are the reader's alone."""
        who = access.principal
        own = stored.owner == (who.member_id or who.id) or (
            stored.reader_kind == "firm" and who.subject is not None and who.subject == stored.subject_code
        )
        return cls(
            number=stored.number,
            check_code=stored.check_code if own else None,
            issued_at=stored.at,
            expires_at=stored.expires_at,
            subject_code=stored.subject_code,
            subject_name=stored.subject_name,
            variant=Variant(stored.variant),
            purpose=stored.purpose,
            as_of=stored.as_of,
            since=stored.since,
            layout_version=stored.layout_version,
            reader_kind=stored.reader_kind,
            reader_name=stored.reader_name,
            member_id=stored.member_id,
            reference=stored.reference if own else None,
            grade=stored.grade if own or who.subject is not None else None,
            own=own,
            inquiry=stored.inquiry,
            leaf=stored.leaf,
            digest=stored.digest.hex(),
            content_digest=stored.content_digest.hex(),
        )


class IssuedOut(ReportOut):
    """A report as issued. `repeated`: the same idempotency key was answered before, with this report."""

    repeated: bool
    links: dict[str, str]

    @classmethod
    def issued(cls, one: Issued, access: Access) -> "IssuedOut":
        """With where its content is."""
        path = f"/v1/reports/{one.stored.number}"
        links = {"self": path, **{form: f"{path}/{form}" for form in ("json", "html", "pdf")}}
        return cls(**ReportOut.of(one.stored, access).model_dump(), repeated=one.repeated, links=links)


class SaidOut(BaseModel):
    """How often readers said so, and how often they were answered."""

    told: int
    answered: int


class ItemQualityOut(BaseModel):
    """One item of the platform. `coverage`: share of all subjects; `overdue`: None where nothing says when the next
    is due."""

    item: str
    name: str
    class_no: int
    subjects: int
    coverage: float
    latest: date | None
    overdue: bool | None
    feedback: dict[str, SaidOut]


class ClassQualityOut(BaseModel):
    """One of the classes. `coverage`: mean of its items' shares."""

    class_no: int
    name: str
    items: int
    held: int
    coverage: float
    latest: date | None


class IssuedCountOut(BaseModel):
    """Reports issued."""

    variant: str
    reader_kind: str
    reports: int


class QualityOut(BaseModel):
    """The platform's quality figures; `general`: feedback about no single item."""

    at: datetime
    subjects: int
    classes: list[ClassQualityOut]
    items: list[ItemQualityOut]
    general: dict[str, SaidOut]
    reports: list[IssuedCountOut]


def router(service: ReportService, shelf: Shelf, figures: Figures, guards: Guards) -> APIRouter:
    """Routes under /v1/reports and /v1/subjects/{code}/reports, and the published schema."""
    routes = APIRouter(tags=["report 信用报告"])
    Issuing = Annotated[Access, Depends(guards.may("issue", "report"))]
    Reading = Annotated[Access, Depends(guards.may("read", "report"))]
    Judging = Annotated[Access, Depends(guards.may("quality", "report"))]

    @routes.get("/v1/schemas/report/1", summary="报告的 JSON Schema Schema of a report", tags=["report 信用报告"])
    async def schema() -> dict[str, Any]:
        """What every report's JSON is valid against."""
        return json_schema()

    @routes.post("/v1/reports", status_code=status.HTTP_201_CREATED, summary="出具报告 Issue a report")
    async def issue(
        body: Annotated[ReportIn, Body()],
        access: Issuing,
        idempotency_key: Annotated[str | None, Header(pattern=KEY, description="同一键只出具一份")] = None,
    ) -> IssuedOut:
        """Each item by the gate's decision for this reader; one use of the authorisations; evidence first."""
        access.check(subject=body.subject.strip().upper())
        return IssuedOut.issued(await service.issue(body.asked(), access.principal, idempotency_key), access)

    @routes.get("/v1/reports", summary="报告列表 Reports")
    async def listed(
        access: Reading,
        subject: Annotated[str | None, Query(max_length=40, pattern=TEXT, description="信用主体代码")] = None,
        member: Annotated[str | None, Query(max_length=40, pattern=TEXT, description="成员编号")] = None,
        variant: Annotated[Variant | None, Query(description="报告类型")] = None,
        since: Annotated[Day | None, Query(alias="from", description="自该日(含)出具")] = None,
        until: Annotated[Day | None, Query(alias="to", description="至该日(含)出具")] = None,
        before: Annotated[int | None, Query(ge=0, le=2**62, description="只要存证编号小于此的")] = None,
        page_size: Annotated[int, Query(ge=1, le=200)] = 50,
    ) -> list[ReportOut]:
        """Newest first: an institution sees its own, a firm those about itself, a supervisor all; never the content."""
        asked = Filter(subject.strip().upper() if subject else None, member, variant, since, until, before, page_size)
        return [ReportOut.of(one, access) for one in await shelf.page(asked, access.scopes)]

    @routes.get("/v1/reports/quality", summary="报告质量 Quality of reports")
    async def quality(access: Judging) -> QualityOut:
        """Coverage by class and item, freshness, feedback, reports issued; at most five minutes old."""
        del access
        return _quality(await figures.quality())

    @routes.get("/v1/subjects/{code}/reports", summary="谁取得过关于本企业的报告 Who obtained reports about a firm")
    async def obtained(
        code: Annotated[str, Path(max_length=40, pattern=TEXT)],
        access: Reading,
        before: Annotated[int | None, Query(ge=0, le=2**62, description="只要存证编号小于此的")] = None,
        page_size: Annotated[int, Query(ge=1, le=200)] = 50,
    ) -> list[ReportOut]:
        """Newest first: which report, who, when, what for."""
        subject = code.strip().upper()
        if access.principal.subject is not None:
            access.check(subject=subject)
        asked = Filter(subject=subject, before=before, size=page_size)
        return [ReportOut.of(one, access) for one in await shelf.page(asked, access.scopes)]

    @routes.get(
        "/v1/reports/{number}", summary="查看报告 Read a report", response_class=Response, responses=JSON_REPORT
    )
    async def one(number: Number, access: Reading) -> Response:
        """Its JSON again, while the reader may still read it; the reading is recorded first."""
        return Response(await _json(shelf, number, access), media_type="application/json")

    @routes.get("/v1/reports/{number}/about", summary="报告的出具情况 About a report")
    async def about(number: Number, access: Reading) -> ReportOut:
        """Without its content."""
        stored = await shelf.stored(number)
        access.check(**scoped(stored))
        return ReportOut.of(stored, access)

    @routes.get(
        "/v1/reports/{number}/json", summary="下载报告(JSON) Download as JSON", response_class=Response,
        responses=JSON_REPORT,
    )  # fmt: skip
    async def download(number: Number, access: Reading) -> Response:
        """The canonical bytes, whose digest is in the evidence."""
        content = await _json(shelf, number, access)
        name = f'attachment; filename="{number.strip().upper()}.json"'
        return Response(content, media_type="application/json", headers={"Content-Disposition": name})

    return routes


async def _json(shelf: Shelf, number: str, access: Access) -> bytes:
    access.check(**scoped(await shelf.stored(number)))
    held = await shelf.content(number, access.principal)
    await shelf.hand_out(held, access.principal, "json", "zh", held.document)
    return held.document


def _quality(found: PlatformQuality) -> QualityOut:
    total = max(found.subjects, 1)
    items = [
        ItemQualityOut(
            item=one.item.item, name=one.item.name.zh, class_no=one.item.class_.no, subjects=one.subjects,
            coverage=round(one.subjects / total, 4), latest=one.latest, overdue=one.overdue,
            feedback=_said(one.feedback),
        )
        for one in found.items
    ]  # fmt: skip
    names = {one.item.class_.no: one.item.class_.zh for one in found.items}
    classes = []
    for number in sorted(names):
        members = [one for one in items if one.class_no == number]
        latest = [one.latest for one in members if one.latest is not None]
        classes.append(
            ClassQualityOut(
                class_no=number, name=names[number], items=len(members), held=sum(one.subjects > 0 for one in members),
                coverage=round(sum(one.coverage for one in members) / len(members), 4),
                latest=max(latest) if latest else None,
            )
        )  # fmt: skip
    reports = [IssuedCountOut(variant=key[0], reader_kind=key[1], reports=n) for key, n in found.reports.items()]
    return QualityOut(
        at=found.at,
        subjects=found.subjects,
        classes=classes,
        items=items,
        general=_said(found.general),
        reports=reports,
    )


def _said(told: dict[str, tuple[int, int]]) -> dict[str, SaidOut]:
    return {kind: SaidOut(told=count, answered=answered) for kind, (count, answered) in told.items()}
