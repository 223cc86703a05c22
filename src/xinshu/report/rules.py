"""From what the gate gave to the document: pure, so that the same day, reader and purpose give the same content."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from xinshu.catalogue import Catalogue, Item
from xinshu.core.sizes import SIZE_NAMES, SizeClass, Sizes
from xinshu.evaluate.explain import Evaluation
from xinshu.inquiry.model import ItemAnswer
from xinshu.report import drawings
from xinshu.report.facts import Raw, changed_part, part_of, rows_of
from xinshu.report.layout import EVALUATION, Layout, SectionDef
from xinshu.report.model import (
    Change,
    Count,
    DimensionPart,
    EvaluationPart,
    Issuer,
    ItemPart,
    ItemState,
    Named,
    Reader,
    Report,
    ReportSubject,
    Section,
    Text,
    Variant,
)
from xinshu.report.quality import quality
from xinshu.report.shown import Shower
from xinshu.subjects.model import KIND_NAMES

_CHANGES = {
    Change.ADDED: Text(zh="新增信息", en="Added"),
    Change.CHANGED: Text(zh="变更信息", en="Changed"),
    Change.ENDED: Text(zh="失效信息", en="Ended"),
    Change.REMOVED: Text(zh="不再提供的信息", en="No longer held"),
}
_DISPUTED = Text(zh="有异议的信息", en="Disputed")


@dataclass(frozen=True)
class Frame:
    """What is not from the answer: the layout and the names of everything."""

    layout: Layout
    catalogue: Catalogue
    shower: Shower
    sizes: Sizes
    issuer: Issuer


@dataclass(frozen=True)
class Told:
    """What a report is built from. `head`: the subject as known on the day; `evaluation`: or why there is none."""

    variant: Variant
    purpose: Named
    as_of: date
    since: date | None
    head: Mapping[str, Any]
    answers: Sequence[ItemAnswer]
    earlier: Sequence[ItemAnswer]
    evaluation: EvaluationPart | Text


def build(frame: Frame, told: Told, *, number: str, check_code: str, issued_at: datetime, reader: Reader) -> Report:
    """The report; its `content_digest` is empty, see `Report.content`."""
    layout, about = frame.layout, frame.layout.variants[told.variant]
    rows = {one.item.item: rows_of(one) for one in told.answers}
    parts = _parts(frame, told)
    found = told.evaluation if isinstance(told.evaluation, EvaluationPart) else None
    values = {"issuer": frame.issuer.name, "as_of": told.as_of.isoformat()}
    return Report(
        number=number,
        check_code=check_code,
        issued_at=issued_at,
        as_of=told.as_of,
        since=told.since,
        issuer=frame.issuer,
        layout_version=layout.version,
        variant=Named(code=told.variant, name=Text(zh=about.name.zh, en=about.name.en)),
        purpose=told.purpose,
        reader=reader,
        subject=_subject(frame, told.head),
        sections=tuple(_section(frame, told, section, parts, rows) for section in layout.sections),
        evaluation=found,
        counts=_counts(layout, parts),
        notices=tuple(Text(zh=one.zh.format(**values), en=one.en.format(**values)) for one in layout.notices),
        quality=quality(told.answers, rows, told.as_of),
        content_digest="",
    )


def _parts(frame: Frame, told: Told) -> dict[str, ItemPart]:
    if told.since is not None:
        before = {one.item.item: one for one in told.earlier}
        return {one.item.item: changed_part(one, before[one.item.item], frame.shower) for one in told.answers}
    most = frame.layout.variants[told.variant].rows
    return {one.item.item: part_of(one, frame.shower, most) for one in told.answers}


def _section(
    frame: Frame, told: Told, about: SectionDef, parts: Mapping[str, ItemPart], rows: Mapping[str, Sequence[Raw]]
) -> Section:
    layout = frame.layout
    own = [parts[number] for number in about.items if number in parts]
    draws = layout.variants[told.variant].drawings
    charts = [drawings.chart(one, rows[one.item]) for one in layout.charts if draws and one.item in about.items]
    relations = [
        found
        for one in layout.relations
        if draws and one.item in about.items
        for found in drawings.relations(one, frame.catalogue.item(one.item), rows[one.item], frame.shower)
    ]
    return Section(
        id=about.id,
        title=Text(zh=about.title.zh, en=about.title.en),
        parts=tuple(own),
        note=_note(about, told, own),
        charts=tuple(one for one in charts if one is not None),
        relations=tuple(relations),
    )


def _note(about: SectionDef, told: Told, parts: Sequence[ItemPart]) -> Text | None:
    if about.id == EVALUATION:
        return told.evaluation if isinstance(told.evaluation, Text) else None
    if about.note is not None:
        return Text(zh=about.note.zh, en=about.note.en)
    if about.none is not None and parts and all(part.state is ItemState.NONE and not part.rows for part in parts):
        return Text(zh=about.none.zh, en=about.none.en)
    return None


def _counts(layout: Layout, parts: Mapping[str, ItemPart]) -> tuple[Count, ...]:
    """Every item that was let through, in the layout's order; then what is disputed, and what changed."""
    listed = [parts[number] for section in layout.sections for number in section.items if number in parts]
    counts = [
        Count(label=part.title, count=part.rows_total, item=part.item) for part in listed if part.rows_total is not None
    ]
    all_rows = [row for part in listed for row in part.rows]
    disputed = sum(row.state == "disputed" for row in all_rows)
    counts += [Count(label=_DISPUTED, count=disputed, item=None)] if disputed else []
    for change, label in _CHANGES.items():
        count = sum(row.change is change for row in all_rows)
        counts += [Count(label=label, count=count, item=None)] if count else []
    return tuple(counts)


# -- the subject -----------------------------------------------------------------------------------------------------


def head_of(subject: Mapping[str, Any], registered: Sequence[tuple[Item, Mapping[str, Any]]]) -> dict[str, Any]:
    """The subject as known on a day, from what its registry rows of that day say; those that only fill come last.

    Code and kind are those of the subject base, and so is the name where nothing was registered by then.
    """
    head: dict[str, Any] = {}
    ordered = sorted(registered, key=lambda one: one[0].subject.fills_only)
    for item, payload in ordered:
        about = item.subject
        fields = {"name": about.name, "old_number": about.old_number, **about.attributes}
        for name, field in fields.items():
            value = payload.get(field) if field is not None else None
            if value is not None:
                head.setdefault(name, value)
    return {
        "name": subject["name"], **head, "code": subject["code"] or subject["old_number"], "kind": subject["kind"]
    }  # fmt: skip


def _subject(frame: Frame, head: Mapping[str, Any]) -> ReportSubject:
    division, industry, status = (head.get(name) for name in ("division", "industry", "status"))
    kind = head["kind"]
    figures = [head.get(name) for name in ("employees", "revenue", "assets")]
    size = frame.sizes.size_class(industry, *figures).size if industry is not None else SizeClass.UNDETERMINED
    names = frame.catalogue.code_list("registration_status").codes
    return ReportSubject(
        code=head["code"],
        old_number=head.get("old_number"),
        name=head["name"],
        kind=kind,
        kind_name=KIND_NAMES.get(kind) if kind is not None else None,
        division=division,
        division_name=frame.shower.division(division),
        industry=industry,
        industry_name=frame.shower.industry(industry),
        status=status,
        status_name=names.get(status) if status is not None else None,
        size_class=size.value,
        size_name=SIZE_NAMES[size],
    )


# -- the evaluation --------------------------------------------------------------------------------------------------


def evaluated(found: Evaluation) -> EvaluationPart:
    """What the report says of an evaluation."""
    card, result = found.card, found.score
    words = {
        effect: tuple(one.text for one in found.reasons if one.effect == effect)
        for effect in ("raised", "lowered", "veto", "unknown")
    }
    return EvaluationPart(
        model=card.id,
        version=card.version,
        name=Text(zh=card.name.zh, en=card.name.en),
        score=result.score,
        grade=result.grade,
        dimensions=tuple(
            DimensionPart(
                name=Text(zh=one.name.zh, en=one.name.en),
                points=result.by_dimension[one.id],
                weight=sum(scored.weight for scored in one.indicators),
            )
            for one in card.dimensions
        ),
        raised=words["raised"],
        lowered=words["lowered"],
        changes=tuple(dict.fromkeys(one.change for one in found.reasons if one.change is not None)),
        vetoes=words["veto"],
        missing=words["unknown"],
        valid_to=found.valid_to,
        withheld=len(found.withheld),
        person=card.uses.person,
    )
