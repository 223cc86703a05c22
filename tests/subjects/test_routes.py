"""The HTTP of the subject base."""

from __future__ import annotations

import httpx
import pytest
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from subjects_kit import FIRMS, firms

from xinshu.core.errors import XinshuError
from xinshu.subjects import SubjectService
from xinshu.subjects.routes import router

CODE = firms()[0][0]


class Everything:
    """The right to read about every subject."""

    def check(self, *, subject: str) -> None:
        """Nothing is refused."""


def anybody() -> Everything:
    """Admits everybody: rights are tried in tests/node."""
    return Everything()


@pytest.fixture
def client(reading: SubjectService) -> httpx.AsyncClient:
    app = FastAPI()
    app.include_router(router(reading, anybody, anybody))

    @app.exception_handler(XinshuError)
    def answer(_: Request, error: XinshuError) -> JSONResponse:
        return JSONResponse(error.as_dict(), status_code=error.status)

    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://node")


async def test_search(client: httpx.AsyncClient) -> None:
    answer = await client.get("/v1/subjects", params={"q": "青禾", "page_size": 2, "sort": "established"})
    body = answer.json()
    assert answer.status_code == 200
    assert (body["total"], body["more"], body["page"], body["page_size"]) == (3, False, 1, 2)
    assert [item["name"] for item in body["items"]] == [FIRMS[0][1], FIRMS[1][1]]
    assert not {"employees", "revenue", "assets", "citizen_sealed"} & set(body["items"][0])


async def test_subject_and_history(client: httpx.AsyncClient) -> None:
    body = (await client.get(f"/v1/subjects/{CODE}")).json()
    assert (body["code"], body["name"], body["established"]) == (CODE, FIRMS[0][1], "2019-03-01")
    assert not {"employees", "revenue", "assets", "citizen_sealed", "citizen_index"} & set(body)
    history = (await client.get(f"/v1/subjects/{CODE}/history")).json()
    assert {entry["field"] for entry in history["entries"]} == {"code", "name", "old_number"}


async def test_not_found_explains_the_code(client: httpx.AsyncClient) -> None:
    answer = await client.get("/v1/subjects/91320100748204660P")
    body = answer.json()
    assert (answer.status_code, body["code"]) == (404, "subject_not_found")
    assert body["details"]["faults"][0] == {
        "code": "uscc_check_digit",
        "message": "第 18 位校验码应为“Q”,实际为“P”:其中至少一位录错",
        "position": 18,
        "expected": "Q",
        "level": "error",
    }


BAD: tuple[dict[str, str | int], ...] = (
    {"q": "禾"},
    {"page_size": 101},
    {"page": 0},
    {"sort": "name"},
    {"kind": "bank"},
    {"division": "3"},
    {"page": 200, "page_size": 100},
    {"q": "长" * 201},
)


async def test_bad_parameters_are_refused(client: httpx.AsyncClient) -> None:
    for params in BAD:
        assert (await client.get("/v1/subjects", params=params)).status_code == 422, params
