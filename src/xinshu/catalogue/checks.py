"""An item's checks as one vectorised expression: which reasons speak against each row.

All expressions compile for DuckDB and for Spark alike. Most rows have no reason, so one cheap condition is computed
for each field and the reasons are spelt out only for the rows where it fails.

The typed values should be columns already (`table.mutate(**typed(...))` first), else they are computed again here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

import ibis
import ibis.expr.types as ir

from xinshu.catalogue import identifiers, patterns
from xinshu.catalogue.conditions import Row, all_of, any_of, exact_literal, violated
from xinshu.catalogue.model import BatchCheck, FieldDef, FieldType, Item, Unique
from xinshu.catalogue.parse import IDENTIFIERS, TEXTS, typed
from xinshu.catalogue.references import References

__all__ = ["batch_columns", "batch_reasons", "row_reasons", "row_warnings", "typed"]

Level = Literal["error", "warning"]


@dataclass(frozen=True)
class _Finding:
    """One possible reason and where it applies; null counts as not."""

    reason: str
    bad: ir.BooleanValue


def row_reasons(
    item: Item,
    raw: Mapping[str, ir.StringValue],
    typed: Mapping[str, ir.Value],
    today: date,
    references: References,
) -> ir.ArrayValue:
    """The errors of each row, `field|CODE` or `check-id|CHECK`; an empty array where the row is fine.

    `raw` holds trimmed texts ('' or null: absent), `typed` the result of `typed` over the same rows.
    """
    row = Row(item, raw, typed)
    findings: list[_Finding] = []
    suspects: list[ir.BooleanValue] = []
    for field in item.fields:
        plain = _field_findings(row, field, today)
        special, suspect = _identifier_findings(field, row.typed[field.name], today, references)
        findings += plain[:1] + special + plain[1:] if field.required else special + plain
        suspects += [f.bad for f in plain] + suspect
    for check in item.checks:
        if check.level == "error":
            findings.append(_Finding(f"{check.id}|CHECK", violated(row, check)))
            suspects.append(findings[-1].bad)
    return _spelt(findings, suspects)


def row_warnings(item: Item, raw: Mapping[str, ir.StringValue], typed: Mapping[str, ir.Value]) -> ir.ArrayValue:
    """The warnings of each row, `check-id|CHECK` or `field|ORG_CHECK`; rows with warnings are accepted.

    An organisation code with a wrong check digit inside a sound unified code is met in real registers (5 of 277,653):
    the code counts as valid, as in `core.identifiers`.
    """
    row = Row(item, raw, typed)
    findings = [
        _Finding(f"{field.name}|ORG_CHECK", _org_check_fails(typed[field.name]))
        for field in item.fields
        if field.type in (FieldType.USCC, FieldType.SUBJECT_CODE)
    ]
    findings += [_Finding(f"{c.id}|CHECK", violated(row, c)) for c in item.checks if c.level == "warning"]
    return _spelt(findings, [f.bad for f in findings])


def batch_columns(item: Item) -> tuple[str, ...]:
    """Fields that `batch_reasons` reads: project to these (and a row number) first, windows are dear on wide rows."""
    names: dict[str, None] = {}
    for check in item.batch_checks:
        used = check.fields if isinstance(check, Unique) else (*check.by, check.field)
        names.update(dict.fromkeys(used))
    return tuple(names)


def batch_reasons(item: Item, table: ir.Table, level: Level = "error") -> ir.ArrayValue:
    """Reasons that only the whole batch shows, over the typed columns of `table`; an empty array where there are none.

    Meant for deduplicated rows: a row sent twice word for word also violates a `unique` check.
    """
    findings = [
        _Finding(f"{check.id}|CHECK", _batch_violated(table, check))
        for check in item.batch_checks
        if check.level == level
    ]
    return _spelt(findings, [f.bad for f in findings])


def _batch_violated(table: ir.Table, check: BatchCheck) -> ir.BooleanValue:
    by = check.fields if isinstance(check, Unique) else check.by
    window = ibis.window(group_by=[table[name] for name in by])
    known = all_of([table[name].notnull() for name in by])
    if isinstance(check, Unique):
        return known & (table[by[0]].count().over(window) > 1)
    total = table[check.field].cast("decimal(28,6)").sum().over(window)
    return known & (total > exact_literal(patterns.number(check.max)))


def _spelt(findings: list[_Finding], suspects: list[ir.BooleanValue]) -> ir.ArrayValue:
    """The reasons that apply, as an array; looked at only where a suspicion holds."""
    none = ibis.literal([], type="array<string>")
    if not findings:
        return none
    words = [ibis.cases((f.bad, f.reason), else_=ibis.null("string")) for f in findings]
    return ibis.ifelse(any_of(suspects), ibis.literal(" ").join(words).split(" "), none)


def _field_findings(row: Row, field: FieldDef, today: date) -> list[_Finding]:
    """Presence, type and the field's own limits; REQUIRED first."""
    value = row.typed[field.name]
    found: list[tuple[str, ir.BooleanValue]] = []
    if field.required:
        found.append(("REQUIRED", row.absent(field.name)))
    if field.type not in TEXTS and field.type not in IDENTIFIERS:
        code = "CODE_UNKNOWN" if field.type is FieldType.CODE else "TYPE"
        found.append((code, value.isnull() & row.present(field.name)))
    found += _limit_findings(field, value, today)
    return [_Finding(f"{field.name}|{code}", bad) for code, bad in found]


def _identifier_findings(
    field: FieldDef, value: ir.Value, today: date, references: References
) -> tuple[list[_Finding], list[ir.BooleanValue]]:
    """What is wrong with an identifier, and one cheap condition that holds wherever anything is."""
    found: list[tuple[str, ir.BooleanValue]] = []
    suspect: ir.BooleanValue | None = None
    match field.type:
        case FieldType.USCC | FieldType.SUBJECT_CODE:
            shaped = identifiers.matches(value, patterns.USCC)
            sound = shaped & identifiers.uscc_check(value)
            if field.type is FieldType.SUBJECT_CODE:
                issued = identifiers.matches(value, patterns.PLATFORM_CODE)
                sound = sound | (issued & identifiers.platform_check(value))
                shaped = shaped | issued
            found = [("USCC_FORMAT", ~shaped), ("USCC_CHECK", shaped & ~sound)]
            suspect = ~sound
        case FieldType.CITIZEN_NO:
            shaped = identifiers.matches(value, patterns.CITIZEN)
            sound = ibis.coalesce(identifiers.citizen_check(value, today), ibis.literal(False))
            found = [("CITIZEN_FORMAT", ~shaped), ("CITIZEN_CHECK", shaped & ~sound)]
            suspect = value.notnull() & ~(shaped & sound)
        case FieldType.REGISTRATION_NO:
            found = [("REGNO_FORMAT", ~identifiers.matches(value, patterns.REGISTRATION_NO))]
        case FieldType.PHONE:
            found = [("PHONE_FORMAT", ~identifiers.matches(value, patterns.PHONE))]
        case FieldType.INDUSTRY:
            found = [("INDUSTRY_UNKNOWN", ~_known(value, references.industries))]
        case FieldType.DIVISION:
            current = _known(value, references.divisions_current)
            retired = _known(value, references.divisions_retired)
            found = [("DIVISION_UNKNOWN", ~current & ~retired)]
            suspect = found[0][1]
            if field.retired_divisions == "refuse":
                found.append(("DIVISION_RETIRED", ~current & retired))
                suspect = ~current
    findings = [_Finding(f"{field.name}|{code}", bad) for code, bad in found]
    return findings, [suspect] if suspect is not None else [f.bad for f in findings]


def _org_check_fails(value: ir.Value) -> ir.BooleanValue:
    return identifiers.matches(value, patterns.USCC) & ~identifiers.org_check(value)


def _known(value: ir.Value, words: frozenset[str]) -> ir.BooleanValue:
    return identifiers.matches(value, patterns.one_of(words))


def _limit_findings(field: FieldDef, value: ir.Value, today: date) -> list[tuple[str, ir.BooleanValue]]:
    checks = field.checks
    found: list[tuple[str, ir.BooleanValue]] = []
    if checks.pattern is not None:
        found.append(("PATTERN", ~identifiers.matches(value, "(?s)" + checks.pattern)))
    if checks.min is not None:
        found.append(("MIN", value < exact_literal(patterns.number(checks.min))))
    if checks.max is not None:
        found.append(("MAX", value > exact_literal(patterns.number(checks.max))))
    if checks.min_length is not None:
        found.append(("TOO_SHORT", value.length() < checks.min_length))
    if checks.max_length is not None:
        found.append(("TOO_LONG", value.length() > checks.max_length))
    if checks.not_future:
        latest = {FieldType.MONTH: today.isoformat()[:7], FieldType.YEAR: today.year}.get(field.type, today)
        found.append(("FUTURE", value > ibis.literal(latest)))
    if checks.not_before is not None:
        found.append(("TOO_EARLY", value < ibis.literal(checks.not_before)))
    return found
