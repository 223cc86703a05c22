"""The catalogue over HTTP: anyone may read what is collected and on what basis."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Annotated, Any, Literal
from urllib.parse import quote

from fastapi import APIRouter, Path, Query, Response
from pydantic import BaseModel

from xinshu.catalogue import templates
from xinshu.catalogue.catalogue import Catalogue, in_force
from xinshu.catalogue.diff import diff_items
from xinshu.catalogue.faults import ItemVersionError
from xinshu.catalogue.model import Item, Text
from xinshu.catalogue.schema import row_schema

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

Version = Annotated[str, Query(pattern=r"^\d{4}\.\d+$", max_length=20, description="版本,如 2024.1")]
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


class VersionOut(BaseModel):
    """One version of an item; `in_force`: the one that holds today. Batches are accepted `overlap_days` longer."""

    version: str
    since: date
    until: date | None
    overlap_days: int
    in_force: bool
    fields: int


class ChangeOut(BaseModel):
    """One difference; `path` names the place in the item. `breaking`: rows accepted before may now be refused, or a
    reader sees more or less than before."""

    kind: Literal["added", "removed", "changed"]
    path: str
    old: Any
    new: Any
    impact: Literal["compatible", "breaking"]
    words: str


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


def _version(catalogue: Catalogue, item: str, version: str | None) -> Item:
    """One version of an item; None: the one in force. Raises ItemNotFoundError, ItemVersionError."""
    if version is None:
        return catalogue.item(item)
    found = next((one for one in catalogue.versions(item) if one.version == version), None)
    if found is None:
        known = "、".join(one.version for one in catalogue.versions(item))
        raise ItemVersionError(f"事项 {item} 没有版本 {version}", hint=f"现有版本:{known}", item=item, version=version)
    return found


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
    def show_item(item: ItemNumber, version: Version | None = None) -> Item:
        """字段、代码、校验、依据、周期、限值;与定义文件同一结构,代码表已代入。不写版本为现行版本。"""
        return _version(catalogue_provider(), item, version)

    @routes.get("/{item}/versions", summary="信息事项的各版本")
    def item_versions(item: ItemNumber) -> list[VersionOut]:
        """从旧到新,含已停用和尚未生效的。"""
        catalogue = catalogue_provider()
        return [
            VersionOut(
                version=one.version, since=one.in_force.from_, until=one.in_force.to,
                overlap_days=one.in_force.overlap_days, fields=len(one.fields),
                in_force=catalogue.on is None or in_force(one, catalogue.on),
            )
            for one in catalogue.versions(item)
        ]  # fmt: skip

    @routes.get("/{item}/differences", summary="两个版本的差异")
    def item_differences(
        item: ItemNumber, old: Annotated[Version, Query(alias="from")], new: Annotated[Version, Query(alias="to")]
    ) -> list[ChangeOut]:
        """逐处列出;breaking 表示原来能报的行可能不再接受,或看到的内容有增减。"""
        catalogue = catalogue_provider()
        changes = diff_items(_version(catalogue, item, old), _version(catalogue, item, new))
        return [ChangeOut(**{**one.as_dict(), "words": one.words}) for one in changes]

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
