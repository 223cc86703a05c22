"""The catalogue over HTTP: anyone may read what is collected and on what basis."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Annotated, Any, Literal
from urllib.parse import quote

from fastapi import APIRouter, Path, Query, Response
from pydantic import BaseModel

from xinshu.catalogue import templates
from xinshu.catalogue.catalogue import Catalogue
from xinshu.catalogue.model import Item, Text
from xinshu.catalogue.schema import row_schema

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

ItemNumber = Annotated[str, Path(description="事项号或 slug,如 1、registration", examples=["1"])]


class ItemSummary(BaseModel):
    """One line of the catalogue."""

    item: str
    slug: str
    version: str
    name: Text
    class_no: int
    class_name: Text
    provider: str
    sharing_mode: list[str]
    access: str
    update_cycle: str
    source_status: str
    fields: int


class CatalogueList(BaseModel):
    """The items in force."""

    on: date | None
    overlay: str | None
    total: int
    items: list[ItemSummary]


def summary(item: Item) -> ItemSummary:
    """The line of an item."""
    return ItemSummary(
        item=item.item,
        slug=item.slug,
        version=item.version,
        name=item.name,
        class_no=item.class_.no,
        class_name=Text(zh=item.class_.zh, en=item.class_.en),
        provider=item.provider.zh,
        sharing_mode=list(item.sharing_mode),
        access=item.access,
        update_cycle=item.update_cycle.every,
        source_status=item.source_status,
        fields=len(item.fields),
    )


def file_name(item: Item, form: str) -> str:
    """Name of an item's template file."""
    return f"{item.item.zfill(2)}-{item.slug}-{item.version}.{form}"


def router(catalogue_provider: Callable[[], Catalogue]) -> APIRouter:
    """Routes over the catalogue that `catalogue_provider` gives at each request."""
    routes = APIRouter(prefix="/v1/catalogue", tags=["catalogue 信息目录"])

    @routes.get("", summary="列出信息事项")
    def list_items() -> CatalogueList:
        """现行各事项:编号、名称、提供单位、共享方式、公开程度。"""
        catalogue = catalogue_provider()
        overlay = catalogue.overlay.name.zh if catalogue.overlay is not None else None
        items = [summary(item) for item in catalogue]
        return CatalogueList(on=catalogue.on, overlay=overlay, total=len(items), items=items)

    @routes.get("/{item}", summary="查看一个信息事项的完整定义", response_model_by_alias=True)
    def show_item(item: ItemNumber) -> Item:
        """字段、代码、校验、依据、周期、限值;与定义文件同一结构,代码表已代入。"""
        return catalogue_provider().item(item)

    @routes.get("/{item}/schema", summary="一行数据的 JSON Schema")
    def item_schema(item: ItemNumber) -> dict[str, Any]:
        """JSON Schema(draft 2020-12),供报送系统自检。"""
        return row_schema(catalogue_provider().item(item))

    @routes.get(
        "/{item}/template",
        summary="下载报送模板",
        response_class=Response,
        responses={200: {"content": {XLSX: {}, "text/csv": {}}, "description": "模板文件"}},
    )
    def item_template(
        item: ItemNumber,
        form: Annotated[Literal["xlsx", "csv"], Query(alias="format", description="xlsx 或 csv")] = "xlsx",
    ) -> Response:
        """XLSX 带下拉列表和数据字典;CSV 为 UTF-8(带 BOM)。"""
        chosen = catalogue_provider().item(item)
        content = templates.xlsx_template(chosen) if form == "xlsx" else templates.csv_template(chosen)
        disposition = f"attachment; filename*=UTF-8''{quote(file_name(chosen, form))}"
        media = XLSX if form == "xlsx" else "text/csv; charset=utf-8"
        return Response(content, media_type=media, headers={"content-disposition": disposition})

    return routes
