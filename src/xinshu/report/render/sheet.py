"""A report laid out as a list of plain blocks, from which page and PDF are drawn: they cannot differ in content.

`sheet` gives JSON values only. A block is a dictionary with `kind`:
`lines` (label and text), `part` (an item with its records), `table`, `figure` (SVG with its figures as text),
`grade`, `texts` (a list under a heading), `paragraph`, `heading`.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from xinshu.core.clock import CHINA
from xinshu.report.model import (
    Change,
    Chart,
    EvaluationPart,
    ItemPart,
    ItemState,
    Relation,
    Report,
    Row,
    Section,
)
from xinshu.report.render import words
from xinshu.report.render.charts import chart_svg, points_svg
from xinshu.report.render.words import Lang, joined, ordinal, say

Block = dict[str, Any]
EVALUATION = "evaluation"  # the section of the layout that holds the evaluation
SIZES = {"normal": (112, 9), "small": (172, 15)}  # half-width characters of a line of a table, most columns
SEVERAL = 3  # records
TITLE_MAX = 10
ORIGIN_WIDTH = 22
CELL_MAX, CELL_MIN = 24, 5
PAIR_WIDTH = 36  # of a text that leaves room for another beside it
NUMBERS = {"integer", "decimal"}
ABSENT = {"", "—", "-"}


def sheet(report: Report, lang: Lang, address: str) -> dict[str, Any]:
    """The document. `address`: of the verification page for this report."""
    sections = [_section(report, one, number, lang) for number, one in enumerate(report.sections, 1)]
    sections += _ending(report, len(sections) + 1, lang)
    issued, day = _moment(report.issued_at), report.issued_at.astimezone(CHINA)
    return {
        "lang": lang,
        "title": say(words.TITLE, lang),
        "variant": say(report.variant.name, lang),
        "number": report.number,
        "keywords": f"{report.number} {report.content_digest}",
        "issuer": report.issuer.name,
        "subject": report.subject.name,
        "watermark": [report.reader.name, issued],
        "page": say(words.PAGE, lang),
        "address": address,
        "scan": say(words.SCAN, lang),
        "date": {"year": day.year, "month": day.month, "day": day.day},
        "cover": paired(_cover(report, lang)),
        "about": {"title": say(words.SUBJECT, lang), "lines": paired(_about(report, lang))},
        "glance": {"title": say(words.GLANCE, lang), "figures": _glance(report, lang)},
        "sections": sections,
        "words": {"origin": say(words.ORIGIN, lang), "weight": ORIGIN_WIDTH},
    }


def _cover(report: Report, lang: Lang) -> list[list[str]]:
    lines = [
        (words.NUMBER, report.number),
        (words.CHECK_CODE, grouped(report.check_code)),
        (words.ISSUER, f"{report.issuer.name}({report.issuer.code})"),
        (words.ISSUED_AT, f"{_moment(report.issued_at)}({say(words.CHINA_TIME, lang)})"),
        (words.AS_OF, report.as_of.isoformat()),
        (words.SINCE, report.since.isoformat() if report.since is not None else None),
        (words.VARIANT, say(report.variant.name, lang)),
        (words.PURPOSE, say(report.purpose.name, lang)),
        (words.READER, report.reader.name),
        (words.LAYOUT, report.layout_version),
    ]
    return [[say(label, lang), text] for label, text in lines if text is not None]


def _about(report: Report, lang: Lang) -> list[list[str]]:
    one = report.subject
    lines = [
        (words.CODE, one.code),
        (words.OLD_NUMBER, one.old_number),
        (words.KIND, one.kind_name),
        (words.STATUS, one.status_name),
        (words.SIZE, one.size_name),
        (words.INDUSTRY, one.industry_name),
        (words.DIVISION, one.division_name),
    ]
    return [[say(label, lang), text] for label, text in lines if text]


def _glance(report: Report, lang: Lang) -> list[list[str]]:
    parts = [part for section in report.sections for part in section.parts]
    disputed = sum(row.state == "disputed" for part in parts for row in part.rows)
    refused = sum(part.state is ItemState.REFUSED for part in parts)
    quality = report.quality
    figures = [
        (words.COVERAGE, f"{quality.coverage:.0%}"),
        (words.FRESHEST, quality.freshest.isoformat() if quality.freshest is not None else say(words.NO_VALUE, lang)),
        (words.DISPUTED_FACTS, f"{disputed:,}"),
        (words.REFUSED_ITEMS, f"{refused:,}"),
    ]
    if report.evaluation is not None:
        figures.insert(0, (words.GRADE, report.evaluation.grade))
    return [[say(label, lang), text] for label, text in figures]


def _section(report: Report, section: Section, number: int, lang: Lang) -> dict[str, Any]:
    blocks: list[Block] = []
    if section.note is not None:
        blocks.append(_paragraph(say(section.note, lang)))
    if section.id == EVALUATION and report.evaluation is not None:
        blocks += _evaluation(report.evaluation, lang)
    blocks += [_figure(chart, lang) for chart in section.charts]  # before pages of the facts they are drawn from
    blocks += _parts(section.parts, number, lang)
    if section.relations:
        blocks.append(_relations(section.relations, section.parts, lang))
    return _numbered(section.id, number, say(section.title, lang), blocks, lang)


def _ending(report: Report, number: int, lang: Lang) -> list[dict[str, Any]]:
    """What follows the sections of the layout: totals and quality, notices."""
    notices: Block = {
        "kind": "texts",
        "title": "",
        "tone": "plain",
        "texts": [say(one, lang) for one in report.notices],
    }
    return [
        _numbered("totals", number, say(words.TOTALS, lang), _counts(report, lang), lang),
        _numbered("notices", number + 1, say(words.NOTICES, lang), [notices], lang),
    ]


def _numbered(id: str, number: int, title: str, blocks: list[Block], lang: Lang) -> dict[str, Any]:
    return {"id": id, "number": ordinal(number, lang), "title": title, "blocks": blocks}


# -- items ---------------------------------------------------------------------------------------------------------


def _parts(parts: tuple[ItemPart, ...], section: int, lang: Lang) -> list[Block]:
    """Items with records first; what is refused as a table with reasons, what is not known in a sentence."""
    shown = [one for one in parts if one.state not in (ItemState.NONE, ItemState.REFUSED)]
    blocks = [part_block(one, f"{section}.{number}", lang) for number, one in enumerate(shown, 1)]
    refused = [[say(one.title, lang), _reason(one, lang)] for one in parts if one.state is ItemState.REFUSED]
    if refused:
        blocks.append(_table(say(words.NOT_GIVEN, lang), [(say(words.ITEM, lang), 20, False),
                                                          (say(words.REASON, lang), 50, False)], refused))  # fmt: skip
    unknown = [say(one.title, lang) for one in parts if one.state is ItemState.NONE]
    if unknown:
        blocks.append(_paragraph(say(words.NONE_KNOWN, lang, joined(unknown, lang))))
    return blocks


def part_block(part: ItemPart, number: str, lang: Lang) -> Block:
    """An item: as a table, in small print where it has many columns; else one record after the other, those of several
    run on. What is equal in all of several records, and columns without content, are said once."""
    held = [place for place in range(len(part.columns)) if _has_content(part, place)]
    empty = [say(column.title, lang) for place, column in enumerate(part.columns) if place not in held]
    equal = [place for place in held if len(part.rows) >= SEVERAL and len({row.shown[place] for row in part.rows}) == 1]
    keep = [place for place in held if place not in equal] or held
    same = [
        f"{say(part.columns[place].title, lang)} {part.rows[0].shown[place]}" for place in held if place not in keep
    ]
    columns = [part.columns[place] for place in keep]
    titles = [say(one.title, lang) for one in columns]
    widths = [max((width_of(row.shown[place]) for row in part.rows), default=0) for place in keep]
    common = _common_origin(part, lang)
    size = _size(titles, widths, common is not None)
    is_table, few = size is not None and len(part.rows) > 1, len(part.rows) < SEVERAL
    return {
        "kind": "part",
        "number": number,
        "title": say(part.title, lang),
        "state": part.state.value,
        "badge": say(words.STATES[part.state], lang) if part.state is not ItemState.GIVEN else "",
        "reason": _reason(part, lang) if part.state is not ItemState.GIVEN else "",
        "meta": _meta(part, common, lang),
        "form": "none" if not part.rows else "table" if is_table else "records",
        "size": size or "normal" if is_table or few else "run-on",
        "columns": [
            {"title": title, "weight": _weight(title, width), "end": column.type in NUMBERS}
            for title, width, column in zip(titles, widths, columns, strict=True)
        ],
        "has_origin": common is None,
        "rows": [
            {
                "title": say(words.RECORD, lang, place) if len(part.rows) > 1 else "",
                "cells": [row.shown[one] for one in keep] if is_table else [],
                "lines": []
                if is_table
                else paired(
                    [[title, row.shown[one]] for title, one in zip(titles, keep, strict=True) if row.shown[one] or few]
                ),
                "marks": _marks(row, lang),
                "origin": "" if common is not None else _origin(row, lang),
            }
            for place, row in enumerate(part.rows, 1)
        ],
        "same": say(words.SAME, lang, joined(same, lang)) if same else "",
        "empty": say(words.EMPTY_COLUMNS, lang, joined(empty, lang)) if empty and part.rows else "",
        "nothing": say(words.NO_RECORD, lang),
    }


def paired(lines: list[list[str]]) -> list[list[str]]:
    """Label and text, two pairs on one line where both are short: lists of two or of four texts."""
    out: list[list[str]] = []
    for line in lines:
        short = width_of(line[1]) <= PAIR_WIDTH
        if short and out and len(out[-1]) == 2 and width_of(out[-1][1]) <= PAIR_WIDTH:
            out[-1] = out[-1] + line
        else:
            out.append(line)
    return out


def _has_content(part: ItemPart, place: int) -> bool:
    return any(row.shown[place] not in ABSENT for row in part.rows)


def _weight(title: str, width: int) -> int:
    """Width of a column; a title is broken where it is longer than the values."""
    return max(min(width, CELL_MAX), min(width_of(title), TITLE_MAX), CELL_MIN)


def _size(titles: list[str], widths: list[int], origin_apart: bool) -> str | None:
    """In which print a table of these columns fits the page; None: in none."""
    weights = [_weight(title, width) for title, width in zip(titles, widths, strict=True)]
    for size, (room, most) in SIZES.items():
        if len(weights) <= most and sum(weights) + 2 * len(weights) <= room - (0 if origin_apart else ORIGIN_WIDTH):
            return size
    return None


def width_of(text: str) -> int:
    """Width in half-width characters, as far as it matters."""
    begin = text[: PAIR_WIDTH + 1]
    return len(begin) if begin.isascii() else sum(2 if one > "\u2e7f" else 1 for one in begin)


def _meta(part: ItemPart, common: str | None, lang: Lang) -> str:
    said = []
    if part.rows_total is not None:
        few = part.rows_total > len(part.rows)
        said.append(say(words.SOME, lang, f"{part.rows_total:,}", f"{len(part.rows):,}") if few
                    else say(words.RECORDS, lang, f"{part.rows_total:,}"))  # fmt: skip
    if common is not None:
        said.append(common)
    elif part.updated is not None:
        said.append(say(words.UPDATED, lang, part.updated.isoformat()))
    if part.consent is not None:
        said.append(say(words.CONSENT, lang, part.consent))
    return " · ".join(said)


def _common_origin(part: ItemPart, lang: Lang) -> str | None:
    """Said once where all records have it in common, and they are several or all in one."""
    said = {_origin(row, lang) for row in part.rows}
    return said.pop() if len(said) == 1 else None


def _origin(row: Row, lang: Lang) -> str:
    origin = row.origin
    said = [origin.provider_name, say(words.FIRST_SEEN, lang, origin.first_seen.isoformat())]
    return " · ".join([*said, say(words.BATCH, lang, origin.batch)])


def _marks(row: Row, lang: Lang) -> list[dict[str, str]]:
    marks = []
    if row.state == "disputed":
        marks.append({"tone": "disputed", "text": say(words.DISPUTED, lang)})
    if row.change is not Change.NONE:
        marks.append({"tone": row.change.value, "text": say(words.CHANGES_OF[row.change], lang)})
    return marks


def _reason(part: ItemPart, lang: Lang) -> str:
    if part.reason is None:
        return ""
    return part.reason.zh if lang == "zh" else part.reason.en


def _relations(relations: tuple[Relation, ...], parts: tuple[ItemPart, ...], lang: Lang) -> Block:
    titles = {part.item: say(part.title, lang) for part in parts}
    columns = [
        (say(words.RELATION, lang), 12, False),
        (say(words.NAME, lang), 28, False),
        (say(words.THEIR_CODE, lang), 20, False),
        (say(words.ROLE, lang), 14, False),
        (say(words.SHARE, lang), 9, True),
        (say(words.FACT_OF, lang), 18, False),
    ]
    rows = [
        [
            say(one.kind, lang), one.name, one.code or "", one.role or "",
            f"{one.share:g}%" if one.share is not None else "", titles.get(one.item, one.item),
        ]
        for one in relations
    ]  # fmt: skip
    return _table(say(words.RELATIONS, lang), columns, rows)


# -- what is not of items --------------------------------------------------------------------------------------------


def _figure(chart: Chart, lang: Lang) -> Block:
    series = [
        f"{say(one.name, lang)}:" + ",".join(
            f"{x} {f'{value:,g}' if value is not None else say(words.NO_VALUE, lang)}"
            for x, value in zip(chart.x, one.values, strict=False)
        )
        for one in chart.series
    ]  # fmt: skip
    title = say(words.CHART_OF, lang, say(chart.title, lang), say(chart.unit, lang))
    return {"kind": "figure", "title": title, "svg": chart_svg(chart, lang), "alt": f"{title}。" + ";".join(series)}


def _evaluation(one: EvaluationPart, lang: Lang) -> list[Block]:
    dimensions = [(say(part.name, lang), part.points, part.weight) for part in one.dimensions]
    reasons = [(words.VETOES, one.vetoes, "bad"), (words.LOWERED, one.lowered, "bad"),
               (words.RAISED, one.raised, "good"), (words.CHANGES, one.changes, "plain"),
               (words.MISSING, one.missing, "plain")]  # fmt: skip
    blocks: list[Block] = [
        {
            "kind": "grade",
            "grade": one.grade,
            "label": say(words.GRADE, lang),
            "lines": [
                [say(words.MODEL, lang), f"{say(one.name, lang)}({one.model} {one.version})"],
                [say(words.SCORE, lang), f"{one.score:,}", say(words.VALID_TO, lang), one.valid_to.isoformat()],
            ],
        }
    ]
    if dimensions:
        points = say(words.POINTS, lang)
        blocks.append(
            {
                "kind": "figure",
                "title": say(words.DIMENSIONS, lang),
                "svg": points_svg(dimensions),
                "alt": ";".join(f"{name} {points_of}/{weight} {points}" for name, points_of, weight in dimensions),
            }
        )
    for label, texts, tone in reasons:
        if texts:
            blocks.append({"kind": "texts", "title": say(label, lang), "tone": tone, "texts": list(texts)})
    if one.withheld > 0:
        blocks.append(_paragraph(say(words.WITHHELD, lang, one.withheld)))
    blocks.append(_paragraph(one.person))
    return blocks


def _counts(report: Report, lang: Lang) -> list[Block]:
    cells = [[say(one.label, lang), f"{one.count:,}"] for one in report.counts]
    half = (len(cells) + 1) // 2  # two columns of them
    right = [*cells[half:], ["", ""]]
    rows = [[*left, *right[place]] for place, left in enumerate(cells[:half])]
    columns = [(say(words.COUNT_OF, lang), 44, False), (say(words.COUNT, lang), 10, True)] * 2
    return [_table("", columns, rows), *_quality(report, lang)]


def _quality(report: Report, lang: Lang) -> list[Block]:
    quality = report.quality
    titles = {part.item: say(part.title, lang) for section in report.sections for part in section.parts}
    columns = [(say(words.CLASS, lang), 50, False), (say(words.ITEMS, lang), 12, True),
               (say(words.GIVEN, lang), 12, True), (say(words.HELD, lang), 12, True)]  # fmt: skip
    rows = [[say(one.name, lang), f"{one.items}", f"{one.given}", f"{one.held}"] for one in quality.classes]
    blocks = [_table(say(words.QUALITY, lang), columns, rows)]
    if quality.overdue_items:
        blocks.append(
            _paragraph(
                say(words.OVERDUE, lang, joined([titles.get(item, item) for item in quality.overdue_items], lang))
            )
        )
    return blocks


def _paragraph(text: str) -> Block:
    return {"kind": "paragraph", "text": text}


def _table(title: str, columns: list[tuple[str, int, bool]], rows: list[list[str]]) -> Block:
    return {
        "kind": "table",
        "title": title,
        "columns": [{"title": name, "weight": weight, "end": end} for name, weight, end in columns],
        "rows": rows,
    }


def grouped(code: str) -> str:
    """A code in groups of four, for reading aloud."""
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))


def _moment(at: datetime) -> str:
    return at.astimezone(CHINA).strftime("%Y-%m-%d %H:%M:%S")
