"""`xinshu catalogue`: list, show and check items, compare versions, make templates, schemas and pages."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from xinshu.catalogue import Catalogue, Item
from xinshu.catalogue import check as check_definitions
from xinshu.catalogue.docs import ACCESS, MODES, write_pages
from xinshu.catalogue.faults import ItemNotFoundError
from xinshu.catalogue.messages import unit_name
from xinshu.cli.output import Json, explained, print_json
from xinshu.core.clock import SystemClock
from xinshu.core.errors import UnavailableError
from xinshu.core.settings import load_settings

app = typer.Typer(help="信息目录:查看、检查、比较事项,生成报送模板、JSON Schema 和文档。", no_args_is_help=True)

Overlay = Annotated[str | None, typer.Option(help="省级 overlay 的名称;不写:用设置中的,空文字:只用国家清单。")]
ItemNumber = Annotated[str, typer.Argument(help="事项号或 slug,如 1、registration、js-01。")]


class Form(StrEnum):
    """Form of a template."""

    XLSX = "xlsx"
    CSV = "csv"


@app.command("list")
def list_items(overlay: Overlay = None, as_json: Json = False) -> None:
    """列出现行事项。例:xinshu catalogue list --overlay jiangsu"""
    with explained(as_json):
        from xinshu.catalogue.routes import summary

        catalogue = _load(overlay)
        if as_json:
            print_json([summary(item).model_dump(mode="json") for item in catalogue])
            return
        title = f"信用信息归集共享清单,共 {len(catalogue)} 项"
        table = Table("事项", "名称", "类别", "提供单位", "共享方式", "公开程度", "版本", title=title)
        for item in catalogue:
            modes = "、".join(MODES[m] for m in item.sharing_mode)
            access = ACCESS[item.access]
            _add(table, item.item, item.name.zh, item.class_.zh, item.provider.zh, modes, access, item.version)
        Console().print(table)


@app.command()
def show(item: ItemNumber, overlay: Overlay = None, as_json: Json = False) -> None:
    """查看一个事项的字段和校验。例:xinshu catalogue show 8"""
    with explained(as_json):
        chosen = _load(overlay).item(item)
        if as_json:
            print_json(chosen.model_dump(mode="json", by_alias=True))
            return
        console = Console()
        console.print(f"[bold]{chosen.item} {chosen.name.zh}[/bold](版本 {chosen.version})", highlight=False)
        console.print(f"{chosen.description.zh}\n提供单位:{chosen.provider.zh}", highlight=False, markup=False)
        console.print(f"依据:{';'.join(chosen.legal_basis)}", highlight=False, markup=False)
        console.print(_fields(chosen))
        checks = Table("校验", "级别", "说明", title="校验")
        for check in (*chosen.checks, *chosen.batch_checks):
            _add(checks, check.id, "错误" if check.level == "error" else "提醒", check.message.zh)
        console.print(checks)


def _fields(item: Item) -> Table:
    from xinshu.catalogue.templates import SENSITIVITIES, TYPES, limits_in_words

    table = Table("字段", "中文名", "类型", "必填", "单位", "要求", "敏感级别", title="字段")
    for field in item.fields:
        _add(
            table,
            field.name,
            field.zh,
            TYPES[field.type],
            "是" if field.required else "",
            unit_name(field.unit),
            limits_in_words(field),
            SENSITIVITIES[field.sensitivity.value],
        )
    return table


@app.command()
def check(
    path: Annotated[Path | None, typer.Argument(help="定义文件夹;不写:用设置中的。")] = None,
    overlay: Overlay = None,
    as_json: Json = False,
) -> None:
    """检查定义,列出全部错误及文件、行号,有误时退出码为 1。例:xinshu catalogue check definitions --overlay jiangsu"""
    with explained(as_json):
        folder = path if path is not None else load_settings().definitions
        if not folder.is_dir():
            raise ItemNotFoundError(f"没有文件夹 {folder}", hint="写出定义文件夹的路径,如 definitions")
        named = sorted(p.parent.name for p in folder.glob("overlays/*/overlay.yml"))
        chosen = named if overlay is None else [overlay] if overlay else []
        faults = sorted({f for one in ("", *chosen) for f in check_definitions(folder, one)})
        if as_json:
            print_json({"faults": [f.as_dict() for f in faults], "overlays": chosen})
        else:
            for fault in faults:
                typer.echo(str(fault))
            shown = f"(含 overlay {'、'.join(chosen)})" if chosen else ""
            typer.echo(f"{len(faults)} 处错误{shown}" if faults else f"没有错误{shown}")
    if faults:
        raise typer.Exit(1)


@app.command()
def diff(
    old: Annotated[str, typer.Argument(help="定义文件夹、事项版本(8@2024.1)、overlay:名称 或 national。")],
    new: Annotated[str, typer.Argument(help="同上。")],
    as_json: Json = False,
) -> None:
    """比较两个版本、文件夹或 overlay,逐项标明是否兼容。例:xinshu catalogue diff national overlay:jiangsu"""
    with explained(as_json):
        from xinshu.catalogue.diff import diff_catalogues

        changes = diff_catalogues(_side(old), _side(new))
        if as_json:
            print_json([change.as_dict() for change in changes])
            return
        for change in changes:
            mark = "[red]不兼容[/red]" if change.impact == "breaking" else "[green]兼容[/green]"
            Console().print(mark, end=" ")
            Console().print(change.words, highlight=False, markup=False)
        breaking = sum(change.impact == "breaking" for change in changes)
        typer.echo(f"共 {len(changes)} 处变化,其中不兼容 {breaking} 处")


def _side(text: str) -> tuple[Item, ...]:
    """The items that one side of a comparison names."""
    if text == "national" or text.startswith("overlay:"):
        return _load(text.partition(":")[2]).items
    if "@" in text:
        number, _, version = text.partition("@")
        versions = _load(None).versions(number)
        for item in versions:
            if item.version == version:
                return (item,)
        known = "、".join(item.version for item in versions)
        raise ItemNotFoundError(f"事项 {number} 没有版本 {version}", hint=f"现有版本:{known}")
    folder = Path(text)
    if not folder.is_dir():
        raise ItemNotFoundError(f"没有文件夹 {text}", hint="可写定义文件夹、8@2024.1、overlay:名称 或 national")
    return Catalogue.load(folder, on=SystemClock().today()).items


@app.command()
def template(
    item: ItemNumber,
    form: Annotated[Form, typer.Option("--format", help="xlsx(带下拉列表、数据字典)或 csv。")] = Form.XLSX,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="写到哪个文件;不写:当前文件夹。")] = None,
    overlay: Overlay = None,
    as_json: Json = False,
) -> None:
    """生成报送模板。例:xinshu catalogue template 8 --format xlsx -o 行政处罚.xlsx"""
    with explained(as_json):
        from xinshu.catalogue import templates
        from xinshu.catalogue.routes import file_name

        chosen = _load(overlay).item(item)
        content = templates.xlsx_template(chosen) if form is Form.XLSX else templates.csv_template(chosen)
        target = output if output is not None else Path(file_name(chosen, form.value))
        with _written(target):
            target.write_bytes(content)
        if as_json:
            print_json({"item": chosen.item, "version": chosen.version, "file": str(target), "bytes": len(content)})
        else:
            typer.echo(f"已生成 {target}({len(chosen.fields)} 列)")


@app.command()
def schema(
    item: Annotated[str | None, typer.Argument(help="事项号或 slug。")] = None,
    yaml: Annotated[bool, typer.Option("--yaml", help="定义文件本身的 JSON Schema,供编辑器使用。")] = False,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="写到哪个文件(--yaml:文件夹)。")] = None,
    overlay: Overlay = None,
    as_json: Json = False,
) -> None:
    """输出一行数据的 JSON Schema。例:xinshu catalogue schema 1;xinshu catalogue schema --yaml -o definitions/schema"""
    with explained(as_json):
        from xinshu.catalogue.schema import row_schema, schema_text, yaml_schemas

        if yaml == (item is not None):
            raise ItemNotFoundError("事项号和 --yaml 必须且只能给一个", hint="例:xinshu catalogue schema 1")
        if item is not None:
            found = row_schema(_load(overlay).item(item))
            if output is None:
                print_json(found)
            else:
                with _written(output):
                    output.write_text(schema_text(found), encoding="utf-8")
            return
        schemas = yaml_schemas()
        if output is None:
            print_json(schemas)
            return
        with _written(output):
            output.mkdir(parents=True, exist_ok=True)
            for name, one in schemas.items():
                (output / f"{name}.schema.json").write_text(schema_text(one), encoding="utf-8")


@app.command()
def docs(
    folder: Annotated[Path, typer.Argument(help="写到哪个文件夹。")], overlay: Overlay = None, as_json: Json = False
) -> None:
    """生成目录文档(Markdown)。例:xinshu catalogue docs docs/catalogue"""
    with explained(as_json):
        catalogue = _load(overlay)
        with _written(folder):
            pages = write_pages(catalogue, folder)
        if as_json:
            print_json([str(page) for page in pages])
        else:
            typer.echo(f"已写 {len(pages)} 页到 {folder}")


def _add(table: Table, *cells: str) -> None:
    """A row of plain texts: brackets in a pattern are no markup."""
    table.add_row(*map(Text, cells))


def _load(overlay: str | None, on: date | None = None) -> Catalogue:
    settings = load_settings()
    chosen = settings.overlay if overlay is None else overlay
    return Catalogue.load(settings.definitions, chosen, on or SystemClock().today())


@contextmanager
def _written(target: Path) -> Iterator[None]:
    """A file that cannot be written is an expected fault."""
    try:
        yield
    except OSError as error:
        raise UnavailableError(f"无法写入 {target}:{error.strerror}", hint="检查路径和权限") from None
