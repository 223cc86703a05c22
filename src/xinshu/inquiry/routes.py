"""HTTP of inquiry. Stored JSON passes through as it is; only the frame is written here."""

# Annotations are not postponed here: FastAPI could not resolve the local names of the dependencies in them.

import re
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Body, Depends, Header, Query, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.requests import Request

from xinshu.consent.rules import Reader, reader_of
from xinshu.inquiry.listing import Asked, Inquiries, InquiryLine
from xinshu.inquiry.model import Question, answer_json
from xinshu.inquiry.service import InquiryService
from xinshu.members.model import Caller, Principal
from xinshu.members.permissions import Access, Guards

KEY = r"^[\x21-\x7e]{1,100}$"
TEXT = r"^[^\x00]*$"  # no database keeps a NUL
_KEY = re.compile(KEY[1:-1].encode())
JSON_ANSWER: dict[int | str, dict[str, Any]] = {200: {"content": {"application/json": {"schema": {"type": "object"}}}}}
Day = Annotated[date, Field(ge=date(2000, 1, 1), lt=date(2200, 1, 1))]
Fast = Callable[[Request], Coroutine[Any, Any, Response]]


class QuestionIn(BaseModel):
    """What is asked about one subject."""

    model_config = ConfigDict(extra="forbid")

    subject: str = Field(min_length=1, max_length=40, description="统一社会信用代码、原注册号或平台编号")
    purpose: str = Field(min_length=1, max_length=40, pattern=TEXT, description="用途代码,见 /v1/consents/templates")
    items: list[Annotated[str, Field(min_length=1, max_length=64)]] | None = Field(
        None, min_length=1, max_length=100, description="事项编号或英文短名;不写为全部"
    )
    as_of: date | None = Field(None, description="截至该日已知且有效的信息")
    reference: str | None = Field(None, max_length=100, pattern=TEXT, description="本单位的业务编号,与存证一同保存")

    def question(self, key: str | None) -> Question:
        """As the service takes it."""
        items = tuple(self.items) if self.items is not None else None
        return Question(self.subject, self.purpose, items, self.as_of, self.reference, key)


class LineOut(BaseModel):
    """One inquiry as listed: who read what, for what; its evidence is leaf `leaf`."""

    leaf: int
    id: UUID
    at: datetime
    principal: str
    member_id: str | None
    member_name: str | None
    subject_code: str
    subject_name: str | None
    purpose: str
    reference: str | None
    consents: list[str]
    items: dict[str, str]

    @classmethod
    def of(cls, line: InquiryLine) -> "LineOut":
        """From the stored line."""
        return cls(**{name: getattr(line, name) for name in cls.model_fields})


ReadBody = Callable[[], Awaitable[bytes]]
Quick = Callable[[Principal, Caller, Mapping[bytes, bytes], ReadBody], Awaitable[bytes]]


def quick_inquiry(service: InquiryService, guards: Guards) -> Quick:
    """POST /v1/inquiries for whoever is signed in, without the framework, which costs more than the inquiry itself."""

    async def inquire(who: Principal, caller: Caller, headers: Mapping[bytes, bytes], body: ReadBody) -> bytes:
        access = guards.admit(who, caller, "read", "information")
        key = headers.get(b"idempotency-key")
        return await _inquire(service, access, headers.get(b"content-type", b""), key, body)

    return inquire


def _routed(service: InquiryService, guards: Guards) -> Fast:
    may_read = guards.may("read", "information")

    async def inquire(request: Request) -> Response:
        access = may_read(request)
        kind, key = request.headers.get("content-type", ""), request.headers.get("idempotency-key")
        told = key.encode("latin-1") if key is not None else None
        answer = await _inquire(service, access, kind.encode("latin-1"), told, request.body)
        return Response(answer, media_type="application/json")

    return inquire


async def _inquire(service: InquiryService, access: Access, kind: bytes, key: bytes | None, body: ReadBody) -> bytes:
    if not kind.startswith(b"application/json"):
        raise _unfit("content-type", "application/json")
    if key is not None and _KEY.fullmatch(key) is None:
        raise _unfit("idempotency-key", "1 to 100 printable ASCII characters")
    try:
        asked = QuestionIn.model_validate_json(await body())
    except ValidationError as error:
        faults = error.errors(include_input=False, include_url=False)
        raise RequestValidationError([{**fault, "loc": ("body", *fault["loc"])} for fault in faults]) from None
    return await _answer(service, access, asked.question(key.decode() if key is not None else None))


def _unfit(header: str, words: str) -> RequestValidationError:
    return RequestValidationError([{"loc": ("header", header), "msg": words, "type": "header"}])


async def _answer(service: InquiryService, access: Access, question: Question) -> bytes:
    access.check(subject=question.subject.strip().upper())
    return answer_json(await service.ask(question, access.principal))


def router(service: InquiryService, inquiries: Inquiries, guards: Guards) -> APIRouter:
    """Routes under /v1."""
    routes = APIRouter(tags=["inquiry 查询"])
    Reading = Annotated[Access, Depends(guards.may("read", "information"))]
    Listing = Annotated[Access, Depends(guards.may("read", "inquiry"))]

    class QuickRoute(APIRoute):
        """Documented as any other, answered without the framework's parameters."""

        def get_route_handler(self) -> Fast:
            return _routed(service, guards)

    @routes.get(
        "/v1/subjects/{code}/information",
        summary="查看主体信息 Information on a subject",
        response_class=Response,
        responses=JSON_ANSWER,
    )
    async def information(
        code: str,
        access: Reading,
        items: Annotated[
            str | None, Query(max_length=1000, description="事项编号或英文短名,逗号分隔;不填为全部", examples=["1,8"])
        ] = None,
        as_of: Annotated[date | None, Query(description="截至该日已知且有效的信息")] = None,
        purpose: Annotated[str, Query(min_length=1, max_length=40, pattern=TEXT, description="用途代码")] = "",
    ) -> Response:
        """What is known of a subject; every item carries the decision that let it through or kept it back."""
        names = tuple(name.strip() for name in items.split(",") if name.strip()) if items else None
        question = Question(code, purpose or _own_purpose(access), names or None, as_of)
        return Response(await _answer(service, access, question), media_type="application/json")

    inquiring = APIRouter(route_class=QuickRoute)

    @inquiring.post(
        "/v1/inquiries", summary="查询 Inquire about one subject", response_class=Response, responses=JSON_ANSWER
    )
    async def inquire(
        body: Annotated[QuestionIn, Body()],
        access: Reading,
        idempotency_key: Annotated[str | None, Header(pattern=KEY, description="同一键只算一次查询")] = None,
    ) -> Response:
        """Each item with its decision and reason; recorded as evidence before it is answered."""
        answer = await _answer(service, access, body.question(idempotency_key))
        return Response(answer, media_type="application/json")

    routes.include_router(inquiring)

    @routes.get("/v1/inquiries", summary="查询记录 Who read what")
    async def lines(
        access: Listing,
        subject: Annotated[str | None, Query(max_length=40, description="信用主体代码")] = None,
        member: Annotated[str | None, Query(max_length=40, description="成员编号")] = None,
        consent: Annotated[str | None, Query(max_length=60, description="授权编号")] = None,
        purpose: Annotated[str | None, Query(max_length=40, pattern=TEXT, description="用途代码")] = None,
        since: Annotated[Day | None, Query(description="自该日(含)")] = None,
        until: Annotated[Day | None, Query(description="至该日(含)")] = None,
        others: Annotated[bool, Query(description="不含企业查看自己的")] = False,
        before: Annotated[int | None, Query(ge=0, le=2**62, description="只要存证编号小于此的")] = None,
        page_size: Annotated[int, Query(ge=1, le=200)] = 50,
    ) -> list[LineOut]:
        """Newest first: a firm sees who read about it, an institution what it read, a supervisor all."""
        asked = Asked(subject, member, consent, purpose, since, until, others, before, page_size)
        found = await inquiries.page(asked, access.scopes)
        return [LineOut.of(line) for line in found]

    return routes


def _own_purpose(access: Access) -> str:
    """Operators look after the data, firms look at their own; institutions must say what for."""
    reader = reader_of(access.principal)
    return {Reader.OPERATOR: "upkeep", Reader.SUBJECT: "own"}.get(reader, "other")
