"""What a question would be answered: the decision on each item, without data, without a leaf, without taking a use.

For whoever is about to ask: the same gate over the same authorisations as `service`, so that nobody asks in vain. It
tells nothing of what is known of a subject, not even whether anything is.
"""

# Annotations are not postponed here: FastAPI could not resolve the local names of the dependencies in them.

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Body, Depends
from pydantic import BaseModel, ConfigDict, Field

from xinshu.catalogue import Catalogue, Item
from xinshu.consent.forms import profile
from xinshu.consent.rules import Decision, Request, choose, reader_of
from xinshu.consent.view import ConsentView
from xinshu.core.clock import Clock
from xinshu.inquiry.evidence import queries
from xinshu.inquiry.model import AsOfError, SubjectUnknownError
from xinshu.inquiry.routes import TEXT
from xinshu.inquiry.service import Consents
from xinshu.members.model import Principal
from xinshu.members.permissions import Access, Guards
from xinshu.store import Database


class PreviewIn(BaseModel):
    """A question that is not asked yet."""

    model_config = ConfigDict(extra="forbid")

    subject: str = Field(min_length=1, max_length=40, description="统一社会信用代码、原注册号或平台编号")
    purpose: str = Field(min_length=1, max_length=40, pattern=TEXT, description="用途代码,见 /v1/consents/templates")
    items: list[Annotated[str, Field(min_length=1, max_length=64)]] | None = Field(
        None, min_length=1, max_length=100, description="事项编号或英文短名;不写为全部"
    )
    as_of: date | None = Field(None, description="截至该日已知且有效的信息")


class FieldOut(BaseModel):
    """A field by its name."""

    name: str
    zh: str
    en: str


class PreviewItemOut(BaseModel):
    """What would be given of one item; `needs_consent`: nothing of it without an authorisation."""

    item: str
    allowed: bool
    view: str | None
    code: str
    reason: str
    remedy: str
    kept_back: str | None
    needs_consent: bool
    masked: list[FieldOut]
    withheld: list[FieldOut]
    consent: str | None


class ReliedOut(BaseModel):
    """An authorisation that the answer would rest on; `left`: uses that are left, null where they are not counted."""

    id: str
    valid_to: datetime
    left: int | None


class PreviewSubjectOut(BaseModel):
    """The subject as inquiries name it."""

    code: str
    name: str
    kind: str | None
    division: str | None
    industry: str | None
    status: str | None
    size_class: str


class PreviewOut(BaseModel):
    """What would be answered now."""

    subject: PreviewSubjectOut
    purpose: str
    as_of: date | None
    items: list[PreviewItemOut]
    consents: list[ReliedOut]


class PreviewService:
    """Decides as an inquiry would."""

    def __init__(self, db: Database, catalogue: Catalogue, clock: Clock, consents: Consents) -> None:
        self._db = db
        self._catalogue = catalogue
        self._clock = clock
        self._consents = consents

    async def look(self, asked: PreviewIn, who: Principal) -> PreviewOut:
        """The decisions of this moment. Raises SubjectUnknownError, ItemNotFoundError, AsOfError."""
        now, today = self._clock.now(), self._clock.today()
        if asked.as_of is not None and asked.as_of > today:
            raise AsOfError(f"日期 {asked.as_of} 还没有到", hint=f"最晚可查 {today}")
        names = asked.items or [item.item for item in self._catalogue.items]
        wanted = list({item.item: item for item in map(self._catalogue.item, names)}.values())
        subject = await self._subject(asked.subject.strip().upper())
        request = Request(who.id, reader_of(who), subject.code, asked.purpose, who.items, who.member_id, asked.as_of)
        views = await self._consents.of(subject.code, who.member_id) if who.member_id is not None else ()
        decisions = [(item, choose(request, views, item, now)) for item in wanted]
        return PreviewOut(
            subject=subject,
            purpose=asked.purpose,
            as_of=asked.as_of,
            items=[_item(item, decision) for item, decision in decisions],
            consents=_relied(views, [decision for _, decision in decisions]),
        )

    async def _subject(self, code: str) -> PreviewSubjectOut:
        async with self._db.acquire() as conn:
            found = await queries.find_subject(conn, code=code)
        if found is None:
            raise SubjectUnknownError(f"没有找到代码为 {code} 的信用主体", hint="核对代码,或按名称查找")
        names = ("name", "kind", "division", "industry", "status", "size_class")
        return PreviewSubjectOut(code=found["code"] or found["old_number"], **{name: found[name] for name in names})


def _item(item: Item, decision: Decision) -> PreviewItemOut:
    return PreviewItemOut(
        item=item.item,
        allowed=decision.allowed,
        view=decision.view,
        code=decision.code,
        reason=decision.reason,
        remedy=decision.remedy,
        kept_back=decision.kept_back,
        needs_consent=profile(item).needs_consent,
        masked=_fields(item, decision.masked),
        withheld=_fields(item, decision.withheld),
        consent=decision.consent,
    )


def _fields(item: Item, names: Sequence[str]) -> list[FieldOut]:
    return [FieldOut(name=one.name, zh=one.zh, en=one.en) for one in item.fields if one.name in names]


def _relied(views: Sequence[ConsentView], decisions: Sequence[Decision]) -> list[ReliedOut]:
    relied = {decision.consent for decision in decisions}
    return [ReliedOut(id=view.id, valid_to=view.valid_to, left=_left(view)) for view in views if view.id in relied]


def _left(view: ConsentView) -> int | None:
    return max(view.max_calls - view.used, 0) if view.max_calls is not None else None


def router(service: PreviewService, guards: Guards) -> APIRouter:
    """POST /v1/inquiries/preview."""
    routes = APIRouter(tags=["inquiry 查询"])
    Reading = Annotated[Access, Depends(guards.may("read", "information"))]

    @routes.post("/v1/inquiries/preview", summary="查询预览 What an inquiry would be given")
    async def preview(body: Annotated[PreviewIn, Body()], access: Reading) -> PreviewOut:
        """Each item with its decision and reason; no data, no evidence, no use taken."""
        access.check(subject=body.subject.strip().upper())
        return await service.look(body, access.principal)

    return routes
