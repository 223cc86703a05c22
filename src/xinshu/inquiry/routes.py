"""HTTP of inquiry. Stored JSON passes through as it is; only the frame is written here."""

# Annotations are not postponed here: FastAPI could not resolve the local names of the dependencies in them.

from collections.abc import Callable
from datetime import date
from typing import Annotated

import orjson
from fastapi import APIRouter, Depends, Query, Response

from xinshu.consent.rules import Reader, Request
from xinshu.inquiry.service import Information, InquiryService


def router(service: InquiryService, actor: Callable[..., str]) -> APIRouter:
    """Routes under /v1; `actor` is a dependency that admits the reader and gives its name."""
    routes = APIRouter(tags=["inquiry 查询"])

    @routes.get(
        "/v1/subjects/{code}/information",
        summary="查询主体信息 Information on a subject",
        response_class=Response,
        responses={200: {"content": {"application/json": {"schema": {"type": "object"}}}}},
    )
    async def information(
        code: str,
        reader: Annotated[str, Depends(actor)],
        items: Annotated[
            str | None, Query(description="事项编号或英文短名,逗号分隔;不填为全部", examples=["1,8"])
        ] = None,
        as_of: Annotated[date | None, Query(description="截至该日已知且有效的信息")] = None,
    ) -> Response:
        """What is known of a subject; every item carries the decision that let it through or kept it back."""
        request = Request(actor=reader, reader=Reader.OPERATOR, subject_code=code, purpose="upkeep")
        names = [name.strip() for name in items.split(",") if name.strip()] if items else None
        return Response(body(await service.information(request, names, as_of)), media_type="application/json")

    return routes


def body(information: Information) -> bytes:
    """The answer as JSON; the documents are passed through byte for byte."""
    frame = orjson.dumps(
        {"subject": information.subject, "as_of": information.as_of, "answered_at": information.answered_at}
    )
    parts = []
    for answer in information.items:
        head = orjson.dumps(
            {
                "item": answer.item.item,
                "name": answer.item.name.zh,
                "source_status": answer.item.source_status,
                "decision": {
                    "allowed": answer.decision.allowed,
                    "view": answer.decision.view,
                    "code": answer.decision.code,
                    "reason": answer.decision.reason,
                },
                "rows": answer.rows,
                "version": answer.version,
                "updated_at": answer.updated_at,
            }
        )
        document = answer.document.encode() if answer.document is not None else b"[]"
        parts.append(head[:-1] + b',"records":' + document + b"}")
    return frame[:-1] + b',"items":[' + b",".join(parts) + b"]}"
