"""Documentation pages of the catalogue in Markdown, Chinese first: an index, a page an item, the code lists."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from xinshu.catalogue.catalogue import Catalogue
from xinshu.catalogue.model import Item
from xinshu.catalogue.templates import CYCLES, dictionary_row

MODES = {"collected": "物理归集", "interface": "接口查询/核验", "declared": "自愿填报"}
ACCESS = {"open": "公开", "person-masked": "个人信息遮蔽后提供", "firm-consent": "经企业授权"}
_STATUS = {"official": "正式文本", "reconstructed": "重构文本:依公开资料整理,待正式附件发布后以数据替换"}


def write_pages(catalogue: Catalogue, folder: Path) -> list[Path]:
    """Write all pages under `folder`, made if absent; the files written. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    pages = {"index.md": index_page(catalogue), "codes.md": codes_page(catalogue)}
    pages |= {page_name(item): item_page(item, catalogue.versions(item.item)) for item in catalogue.items}
    for name, text in pages.items():
        (folder / name).write_text(text, encoding="utf-8")
    return [folder / name for name in pages]


def page_name(item: Item) -> str:
    """File of an item's page."""
    return f"{item.item.zfill(2)}-{item.slug}.md"


def _row(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"


def _table(header: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> list[str]:
    return [_row(header), _row("---" for _ in header), *(_row(row) for row in rows), ""]


def index_page(catalogue: Catalogue) -> str:
    """The list of all items by class."""
    overlay = f",含 {catalogue.overlay.name.zh}" if catalogue.overlay is not None else ""
    lines = [
        "# 信用信息归集共享清单 / Catalogue",
        "",
        f"共 {len({i.class_.no for i in catalogue})} 类 {len(catalogue)} 项{overlay}。"
        "共享代码表见 [代码表](codes.md)。",
        "",
    ]
    classes: dict[tuple[int, str, str], list[Item]] = {}
    for item in catalogue:
        classes.setdefault((item.class_.no, item.class_.zh, item.class_.en), []).append(item)
    for (number, zh, en), items in sorted(classes.items()):
        lines += [f"## {number} {zh} / {en}", ""]
        rows = (
            (
                f"[{i.item}]({page_name(i)})",
                f"[{i.name.zh}]({page_name(i)})",
                i.provider.zh,
                "、".join(MODES[m] for m in i.sharing_mode),
                ACCESS[i.access],
                CYCLES[i.update_cycle.every],
                str(len(i.fields)),
            )
            for i in items
        )
        lines += _table(("事项", "名称", "提供单位", "共享方式", "公开程度", "更新", "字段"), rows)
    return "\n".join(lines)


def item_page(item: Item, versions: tuple[Item, ...]) -> str:
    """The page of one item."""
    lines = [
        f"# {item.item} {item.name.zh}",
        "",
        f"*{item.name.en}*",
        "",
        item.description.zh,
        "",
        f"{item.description.en}",
        "",
    ]
    lines += _table(("项目", "内容"), _facts(item))
    lines += ["## 字段 / Fields", ""]
    header = ("字段", "英文名", "类型", "必填", "单位", "格式和取值范围", "敏感级别", "示例", "说明")
    lines += _table(header, (dictionary_row(field) for field in item.fields))
    lists = [f for f in item.fields if f.codes and f.code_list is None]
    if lists:
        lines += ["## 代码 / Codes", ""]
        for field in lists:
            lines += [f"### {field.zh} `{field.name}`", ""]
            lines += _table(("代码", "名称"), (field.codes or {}).items())
    checks = (*item.checks, *item.batch_checks)
    if checks:
        lines += ["## 校验 / Checks", ""]
        words = {"error": "错误:该行退回", "warning": "提醒:该行接收"}
        rows = ((f"`{c.id}`", words[c.level], c.message.zh, c.message.en, c.basis or "") for c in checks)
        lines += _table(("校验", "级别", "说明", "English", "依据"), rows)
    if len(versions) > 1:
        lines += ["## 版本 / Versions", ""]
        rows2 = (
            (v.version, str(v.in_force.from_), str(v.in_force.to or ""), str(v.in_force.overlap_days)) for v in versions
        )
        lines += _table(("版本", "生效", "失效", "并行接收天数"), rows2)
    return "\n".join(lines)


def _facts(item: Item) -> list[tuple[str, str]]:
    zh = {field.name: field.zh for field in item.fields}
    keep = "长期" if item.retention.months is None else f"{item.retention.months} 个月"
    limits = item.limits
    cycle = item.update_cycle
    facts = [
        ("类别", f"{item.class_.no} {item.class_.zh}"),
        ("版本", f"{item.version},自 {item.in_force.from_} 起"),
        ("文本来源", _STATUS[item.source_status]),
        ("提供单位", f"{item.provider.zh} / {item.provider.en}"),
        ("依据", ";".join(item.legal_basis)),
        ("共享方式", "、".join(MODES[m] for m in item.sharing_mode)),
        ("公开程度", ACCESS[item.access] + (f"({item.access_note})" if item.access_note else "")),
        ("总对总", "是" if item.head_office_feed else "否"),
        ("更新周期", f"{CYCLES[cycle.every]},{cycle.lag_days} 天内" + _from(zh, cycle.event_field)),
        ("保留期限", f"{keep}{_from(zh, item.retention.from_field)}({item.retention.basis})"),
        ("业务主键", "主体 + " + "、".join(zh[name] for name in item.natural_key)),
        ("批次限值", f"至少 {limits.min_rows} 行;退回不超过 {_share(limits.max_quarantined)}"),
        (
            "全量限值",
            f"减少不超过 {_share(limits.max_deletions)};行数不少于上次的 {_share(limits.min_rows_vs_previous)}",
        ),
    ]
    fill = "、".join(f"{zh[name]} {share:.0%}" for name, share in limits.min_fill.items())
    return facts + ([("填报率", fill)] if fill else [])


def _from(zh: dict[str, str], name: str | None) -> str:
    return f",自{zh[name]}起" if name is not None else ""


def _share(value: float | None) -> str:
    return "不限" if value is None else f"{value:.0%}"


def codes_page(catalogue: Catalogue) -> str:
    """The shared code lists."""
    lines = ["# 代码表 / Code lists", ""]
    for name, code_list in sorted(catalogue.code_lists.items()):
        lines += [
            f"## {code_list.name.zh} `{name}`",
            "",
            f"*{code_list.name.en}*。{_STATUS[code_list.source_status]}",
            "",
        ]
        lines += _table(("代码", "名称"), code_list.codes.items())
    return "\n".join(lines)
