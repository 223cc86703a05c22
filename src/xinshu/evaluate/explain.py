"""An evaluation as it is given: score, grade, points, reasons, and the facts behind each reason. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from xinshu.catalogue import Item
from xinshu.catalogue.model import Sensitivity
from xinshu.evaluate.days import Day
from xinshu.evaluate.loader import Book
from xinshu.evaluate.reasons import Reason, reasons, value_text
from xinshu.evaluate.run import Engine
from xinshu.evaluate.scorecard import Scorecard
from xinshu.evaluate.scoring import Score
from xinshu.evaluate.single import parsed

FACTS_SHOWN = 20  # of one indicator


@dataclass(frozen=True)
class Record:
    """One record with its origin."""

    data: Mapping[str, Any]
    provider: str
    platform: str | None
    batch: int
    first_seen: str

    @classmethod
    def of_document(cls, one: Mapping[str, Any]) -> Record:
        """From a holding's document."""
        origin = one["origin"]
        return cls(one["data"], origin["provider"], origin["platform"], origin["batch"], origin["first_seen"])

    @classmethod
    def of_row(cls, row: Any) -> Record:
        """From a row of `records_as_of`."""
        data: Any = parsed(row["payload"])
        return cls(data, row["provider"], None, row["batch_id"], row["first_seen"].isoformat())


@dataclass(frozen=True)
class Fact:
    """A record behind a reason: where it is from, what identifies it. `about`: field → value."""

    item: str
    item_name: str
    provider: str
    batch: int
    first_seen: str
    about: dict[str, Any]


@dataclass(frozen=True)
class Part:
    """What one indicator gave, as the reader may see it."""

    indicator: str
    name: str
    meaning: str
    dimension: str
    value: str
    points: int
    weight: int
    how: str


@dataclass(frozen=True)
class Evaluation:
    """The evaluation of one subject on one day. `facts`: indicator → records behind it that the reader may see."""

    code: str
    subject: dict[str, Any]
    card: Scorecard
    as_of: date
    valid_to: date
    score: Score
    parts: tuple[Part, ...]
    reasons: tuple[Reason, ...]
    facts: dict[str, list[Fact]]
    withheld: tuple[str, ...]  # indicators whose facts the reader may not see without an authorisation
    leaf: int | None = None
    disputed: bool = False  # an objection is under way

    def with_leaf(self, leaf: int) -> Evaluation:
        """The same with its evidence."""
        return replace(self, leaf=leaf)

    def as_json(self) -> dict[str, Any]:
        """As an answer carries it."""
        card, result = self.card, self.score
        return {
            "leaf": self.leaf,
            "subject": {name: value for name, value in self.subject.items() if name != "id"},
            "model": {
                "id": card.id, "version": card.version, "name": card.name.zh, "source_status": card.source_status,
            },
            "as_of": self.as_of,
            "valid_to": self.valid_to,
            "score": result.score,
            "earned": result.earned,
            "grade": result.grade,
            "dimensions": [
                {"id": d.id, "name": d.name.zh, "points": result.by_dimension[d.id],
                 "weight": sum(one.weight for one in d.indicators)}
                for d in card.dimensions
            ],
            "indicators": [asdict(part) for part in self.parts],
            "reasons": [asdict(reason) for reason in self.reasons],
            "facts": {name: [asdict(fact) for fact in facts] for name, facts in self.facts.items()},
            "withheld": list(self.withheld),
            "uses": {"allowed": list(card.uses.allowed), "forbidden": list(card.uses.forbidden)},
            "person": card.uses.person,
            "disputed": self.disputed,
        }  # fmt: skip


def evaluation(
    engine: Engine, card: Scorecard, subject: dict[str, Any], result: Score, records: Mapping[str, Sequence[Record]],
    day: Day, *, exact: bool,
) -> Evaluation:  # fmt: skip
    """Everything that is said of a score. `exact`: the reader sees values and all facts (the firm, the platform)."""
    book = engine.book
    payloads = {item: [one.data for one in rows] for item, rows in records.items()}
    parts, facts, withheld, shown = [], {}, [], {}
    for one in result.points:
        indicator = book[one.indicator]
        open_ = exact or _open(book, one.indicator)
        shown[one.indicator] = value_text(book, one, exact=open_)
        parts.append(
            Part(
                one.indicator, indicator.name.zh, indicator.meaning, one.dimension, shown[one.indicator], one.points,
                one.weight, one.how,
            )
        )  # fmt: skip
        if one.points == one.weight:
            continue
        if open_:
            facts[one.indicator] = _facts(engine, one.indicator, records, payloads, day)
        else:
            withheld.append(one.indicator)
    for name in (card.vetoes[place].indicator for place in result.vetoes):
        if exact or _open(book, name):
            facts[name] = _facts(engine, name, records, payloads, day)
    return Evaluation(
        code=subject["code"] or subject["old_number"],
        subject=subject,
        card=card,
        as_of=day.day,
        valid_to=_months_later(day.day, card.valid_months),
        score=result,
        parts=tuple(parts),
        reasons=tuple(reasons(card, book, result, shown)),
        facts=facts,
        withheld=tuple(withheld),
    )


def _open(book: Book, indicator: str) -> bool:
    """Whether everything that an indicator reads is open to all."""
    return all(book.catalogue.item(item).access == "open" for item in book.items_of(indicator))


def _facts(
    engine: Engine, indicator: str, records: Mapping[str, Sequence[Record]],
    payloads: Mapping[str, Sequence[Mapping[str, Any]]], day: Day,
) -> list[Fact]:  # fmt: skip
    found = []
    for number, places in engine.single.facts(indicator, payloads, day).items():
        item = engine.book.catalogue.item(number)
        shown = _shown_fields(item, engine.single.fields[number])
        for place in places[:FACTS_SHOWN]:
            record = records[number][place]
            about = {name: _plain(record.data[name]) for name in shown if record.data.get(name) is not None}
            found.append(Fact(number, item.name.zh, record.provider, record.batch, record.first_seen, about))
    return found


def _shown_fields(item: Item, read: Sequence[str]) -> list[str]:
    """What identifies a record and what the indicator read of it; nothing personal."""
    chosen = dict.fromkeys([*item.natural_key, *read, "authority"])
    personal = (Sensitivity.PERSONAL, Sensitivity.PERSONAL_SENSITIVE)
    return [field.name for field in item.fields if field.name in chosen and field.sensitivity not in personal]


def _plain(value: Any) -> Any:
    return float(value) if isinstance(value, Decimal) else value


def _months_later(day: date, months: int) -> date:
    """The same day of the month some months later, or the month's last day."""
    month = day.year * 12 + day.month - 1 + months
    for back in range(4):
        try:
            return date(month // 12, month % 12 + 1, day.day - back)
        except ValueError:
            continue
    raise AssertionError(day)
