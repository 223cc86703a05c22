"""One pass over the rows of a file: mapping, parsing, checks. Pure: builds the Ibis expression, runs nothing.

The result has, for each row read: `row_no`, the cells as received, the typed fields, `x_reasons` (codes, empty when
fine), `x_texts` (the text of each field, for rows with reasons), `x_warnings`, and `x_name_norm`, the normalised name.

The expression is a stack of projections, so that each value is computed once. Fields that the file does not have are
constants, and checks that cannot speak without them are left out.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import ibis
import ibis.expr.types as ir

from xinshu.catalogue import checks
from xinshu.catalogue.model import (
    AllOrNone,
    AnyPresent,
    Compare,
    ForbiddenIf,
    Item,
    RequiredIf,
    RowCheck,
    SumEquals,
    When,
)
from xinshu.catalogue.references import References
from xinshu.catalogue.schema import ibis_schema
from xinshu.collect import steps
from xinshu.collect.mapping import Mapping
from xinshu.core.text import normalise_name_expr

Stage = Callable[[ir.Table], ir.Table]
FIXED = ("row_no", "row_fault", "fault_detail", "ragged", "source_row")


@dataclass(frozen=True)
class Plan:
    """How the rows of one kind of file are checked."""

    item: Item
    mapping: Mapping
    header: tuple[str, ...]
    today: date
    references: References
    lookups: steps.Lookups
    full: bool = False

    @property
    def key(self) -> str:
        """Equal keys: equal expression (within a process, whose code systems stay as they are)."""
        parts = (
            self.item.model_dump_json(),
            self.mapping.model_dump_json(),
            repr(self.header),
            f"{self.today}{self.full}",
        )
        return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()

    def build(self, raw: ir.Table) -> ir.Table:
        """The checked rows from the stream of `collect.files`."""
        received = [f"c{i}" for i in range(len(self.header))]
        kept = [*FIXED, *received]
        given = list(self.mapping.fields)
        clean = raw.select(*kept, **{f"s{i}": text for i, text in enumerate(self._cleaned(raw))})
        cells = {name: clean[f"s{i}"] for i, name in enumerate(self.header)}
        texts = steps.mapped(self.mapping, cells, self.lookups)
        mapped = clean.select(
            *kept,
            x_shifted=steps.shifted(self.mapping, cells),
            x_op=steps.operation(self.mapping, cells, self.lookups),
            **{f"t_{name}": texts[name] for name in given},
        )
        present = reduced(self.item, given)
        values = checks.typed(present, {name: mapped[f"t_{name}"] for name in given})
        parsed = mapped.select(
            *kept, "x_shifted", "x_op", *[f"t_{name}" for name in given], **{name: values[name] for name in given}
        )
        judged = self._judged(parsed, present, kept, given)
        schema = ibis_schema(self.item)
        columns = {
            field.name: judged[field.name] if field.name in given else ibis.null(schema[field.name])
            for field in self.item.fields
        }
        last = [name for name in judged.columns if name.startswith("x_")]
        return judged.select(*kept, **columns, **{name: judged[name] for name in last})

    def _cleaned(self, raw: ir.Table) -> list[ir.StringValue]:
        return list(steps.cells(raw, list(self.header), self.mapping.missing).values())

    def _judged(self, parsed: ir.Table, present: Item, kept: list[str], given: list[str]) -> ir.Table:
        schema = ibis_schema(self.item)
        absent = [field.name for field in present.fields if field.name not in given]
        texts = {name: parsed[f"t_{name}"] for name in given}
        values = {name: parsed[name] for name in given} | {name: ibis.null(schema[name]) for name in absent}
        reasons = checks.row_reasons(present, texts, values, self.today, self.references)
        broken = ibis.cases(
            (parsed.row_fault.notnull(), ibis.literal("|") + parsed.row_fault),
            (parsed.x_shifted, ibis.literal("|SHIFTED_COLUMNS")),
            (parsed.x_op.isin(["?", "D"] if self.full else ["?"]), ibis.literal("|OPERATION")),
            else_=ibis.null("string"),
        )
        none = ibis.literal([], type="array<string>")
        derived: dict[str, ir.Value] = {
            "x_reasons": ibis.ifelse(broken.notnull(), ibis.array([broken]), reasons),
            "x_warnings": checks.row_warnings(present, texts, values)
            if any(check.level == "warning" for check in present.checks)
            else none,
        }
        if self.item.subject.name is not None:
            name = values.get(self.item.subject.name)
            derived["x_name_norm"] = normalise_name_expr(name) if name is not None else ibis.null("string")
        table = parsed.select(*kept, "x_op", *given, *[f"t_{name}" for name in given], **derived)
        # The texts that the reasons speak of; sound rows need none.
        spoken = ibis.array(
            [table[f"t_{f.name}"] if f.name in given else ibis.null("string") for f in self.item.fields]
        )
        return table.select(
            *kept, "x_op", *given, *derived,
            x_texts=ibis.ifelse(table.x_reasons.length() > 0, spoken, ibis.null("array<string>")),
        )  # fmt: skip


def reduced(item: Item, given: list[str]) -> Item:
    """The item as far as a file with only the fields `given` can be judged; the verdict is that of the whole item.

    Left out: fields that are neither given nor required, and checks that pass whenever the absent fields are absent.
    """
    present = set(given)
    kept = [check for one in item.checks if (check := _without(one, present)) is not None]
    named = present | {name for check in kept for name in _names(check)}
    fields = tuple(f for f in item.fields if f.name in named or f.required)
    return item.model_copy(update={"fields": fields, "checks": tuple(kept)})


def _without(check: RowCheck, present: set[str]) -> RowCheck | None:
    """The check where only `present` fields can have a value; None where it then always passes."""
    match check:
        case Compare():
            sides = {check.left} | ({check.right} if check.right else set())
            return check if sides <= present and _may_hold(check.when, present) else None
        case RequiredIf():
            return check if _may_hold(check.when, present) else None
        case ForbiddenIf():
            return check if check.field in present and _may_hold(check.when, present) else None
        case SumEquals():
            return check if {*check.fields, check.equals} <= present else None
        case AllOrNone():
            return check if present & set(check.fields) else None
        case AnyPresent():
            return check


def _may_hold(when: When | None, present: set[str]) -> bool:
    """Whether a condition can hold: on an absent field only `absent` does."""
    return when is None or when.field in present or when.op == "absent"


def _names(check: RowCheck) -> set[str]:
    match check:
        case Compare():
            names = {check.left, check.right or check.left}
        case RequiredIf() | ForbiddenIf():
            names = {check.field}
        case SumEquals():
            names = {*check.fields, check.equals}
        case AllOrNone() | AnyPresent():
            names = set(check.fields)
    when = getattr(check, "when", None)
    return names | ({when.field} if when is not None else set())
