"""The catalogue over HTTP."""

from __future__ import annotations

import io

import httpx
import pytest
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from python_calamine import CalamineWorkbook

from xinshu.catalogue import Catalogue
from xinshu.catalogue.routes import XLSX, router
from xinshu.core.errors import XinshuError


@pytest.fixture
def client(shipped: Catalogue) -> httpx.AsyncClient:
    app = FastAPI()
    app.include_router(router(lambda: shipped))

    @app.exception_handler(XinshuError)
    async def answer(_: Request, error: XinshuError) -> JSONResponse:
        return JSONResponse(error.as_dict(), error.status)

    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test")


async def test_list(client: httpx.AsyncClient) -> None:
    answer = (await client.get("/v1/catalogue")).json()
    assert answer["total"] == len(answer["items"]) == 37
    assert answer["items"][7]["name"]["zh"] == "行政处罚"
    assert answer["items"][7]["class_no"] == 4


async def test_item(client: httpx.AsyncClient) -> None:
    answer = (await client.get("/v1/catalogue/8")).json()
    assert answer["class"]["zh"] == "行政管理信息"
    assert answer["in_force"]["from"] == "2024-04-01"
    codes = {field["name"]: field["codes"] for field in answer["fields"]}
    assert codes["penalty_type"]
    assert (await client.get(f"/v1/catalogue/{answer['slug']}")).json() == answer


async def test_schema(client: httpx.AsyncClient) -> None:
    assert (await client.get("/v1/catalogue/8/schema")).json()["$schema"].endswith("2020-12/schema")


async def test_templates(client: httpx.AsyncClient) -> None:
    answer = await client.get("/v1/catalogue/8/template")
    assert answer.headers["content-type"] == XLSX
    assert "08-" in answer.headers["content-disposition"]
    assert CalamineWorkbook.from_filelike(io.BytesIO(answer.content)).sheet_names[0] == "填报"
    answer = await client.get("/v1/catalogue/8/template", params={"format": "csv"})
    assert answer.content.startswith(b"\xef\xbb\xbf")


@pytest.mark.parametrize("path", ["/v1/catalogue/99", "/v1/catalogue/99/schema", "/v1/catalogue/99/template"])
async def test_unknown_item(client: httpx.AsyncClient, path: str) -> None:
    answer = await client.get(path)
    assert answer.status_code == 404
    assert answer.json()["code"] == "item_not_found"


async def test_wrong_format(client: httpx.AsyncClient) -> None:
    assert (await client.get("/v1/catalogue/8/template", params={"format": "pdf"})).status_code == 422
