"""Cleaning of text: one form for what people type in many ways.

Everything is a one-to-one character translation or a deletion, kept as data (`NAME_STEPS`), so that Python, DuckDB,
Spark and PostgreSQL (all have `translate`) give the same result; tests hold the pairs together.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ibis.expr.types import StringValue

FULL_WIDTH = "".join(map(chr, range(0xFF01, 0xFF5F)))
HALF_WIDTH = "".join(map(chr, range(0x21, 0x7F)))
SPACES = "\t\n\v\f\r \x85\xa0\u1680" + "".join(map(chr, range(0x2000, 0x200B))) + "\u2028\u2029\u202f\u205f\u3000"
CONTROLS = (
    "".join(
        chr(c)
        for low, high in ((1, 0x1F), (0x7F, 0x9F), (0xAD, 0xAD), (0x200B, 0x200F), (0x202A, 0x202E), (0x2060, 0x2064))
        for c in range(low, high + 1)
        if chr(c) not in SPACES
    )
    + "\ufeff"
)
"""Control and invisible characters. NUL is left out: no database holds it in text; `clean` drops it too."""


@dataclass(frozen=True)
class Step:
    """One translation: `source[i]` becomes `target[i]`; characters of `source` beyond `target` are deleted."""

    what: str
    source: str
    target: str = ""


NAME_STEPS: tuple[Step, ...] = (
    Step("full width to half width", FULL_WIDTH, HALF_WIDTH),
    Step("brackets to ()", "[]{}〔〕【】〖〗﹙﹚﹝﹞❨❩⟨⟩〈〉", "()" * 10),
    Step("dots and dashes to one form", "•・‧∙⋅﹒․–—―‐‑‒−─﹣", "·······---------"),
    Step("round zero to 〇", "○◯⚪", "〇〇〇"),
    Step("letters to capitals", "abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"),
    Step("quotation marks dropped", "\"'`´“”„‟‘’‚‛「」『』《》«»"),
    Step("spaces dropped", SPACES),
    Step("control and invisible characters dropped", CONTROLS),
)
"""Steps of `normalise_name`, in order. Whoever changes them must rebuild `subject.name_key`."""


def _table(*steps: Step) -> dict[int, str | None]:
    """One translation table equal to the steps carried out one after another."""
    table: dict[int, str | None] = {}
    for step in steps:
        this = {c: step.target[i] if i < len(step.target) else None for i, c in enumerate(step.source)}
        table = {k: this.get(v, v) if v is not None else None for k, v in table.items()}
        table.update({ord(c): t for c, t in this.items() if ord(c) not in table})
    return table


_SURROGATES: dict[int, str | None] = dict.fromkeys(range(0xD800, 0xE000))
_NAME_TABLE = {**_table(*NAME_STEPS), 0: None, **_SURROGATES}
_CLEAN_TABLE = {
    **_table(NAME_STEPS[0], Step("spaces", SPACES, " " * len(SPACES)), Step("controls dropped", CONTROLS)),
    0: None,
    **_SURROGATES,
}
_CODE_TABLE = {**_table(*NAME_STEPS[:1], NAME_STEPS[4], *NAME_STEPS[6:]), 0: None, **_SURROGATES}
_RUN_OF_SPACES = re.compile(" {2,}")


def clean(text: str) -> str:
    """Trim, full width to half width, runs of white space to one space, control and invisible characters dropped."""
    return _RUN_OF_SPACES.sub(" ", text.translate(_CLEAN_TABLE)).strip(" ")


def upper_code(text: str) -> str:
    """A code as it is kept: half width, no white space at all, ASCII letters in capitals."""
    return text.translate(_CODE_TABLE)


def normalise_name(name: str) -> str:
    """The form in which names are compared for equality: `NAME_STEPS`. Empty when nothing is left."""
    return name.translate(_NAME_TABLE)


def name_translation() -> tuple[str, str]:
    """`NAME_STEPS` as one pair (source, target) for SQL `translate`; characters beyond `target` are deleted."""
    table = _table(*NAME_STEPS)
    kept = {chr(k): v for k, v in table.items() if v is not None}
    dropped = "".join(chr(k) for k, v in table.items() if v is None)
    return "".join(kept) + dropped, "".join(kept.values())


NEEDS_WORK = "[^\u4e00-\u9fff0-9A-Z()·-]"
"""A character that `NAME_STEPS` may change. Most names have none, and DuckDB's `translate` costs 19 µs a row."""


def normalise_name_expr(name: StringValue) -> StringValue:
    """`normalise_name` as an Ibis expression; equal to it on DuckDB and Spark for text without NUL."""
    import ibis  # here, because loading it costs a second that most commands must not pay

    source, target = name_translation()
    changed = name.translate(source, target)
    return ibis.ifelse(name.re_search(NEEDS_WORK), changed, name)


class _Syllables(dict[int, str]):
    """Syllable of each character, without tone, read from `pypinyin` when first met.

    A cache of constants: what a character maps to never depends on who asked first.
    """

    def __missing__(self, character: int) -> str:
        from pypinyin.constants import PINYIN_DICT  # 42,000 entries, loaded with the first name

        readings = PINYIN_DICT.get(character)
        text = chr(character)
        if readings is None:
            syllable = text.lower() if character < 128 and text.isalnum() else f" {text} "
        else:
            plain = unicodedata.normalize("NFD", readings.split(",")[0].replace("ü", "v"))
            syllable = " " + "".join(c for c in plain if "a" <= c <= "z") + " "
        self[character] = syllable
        return syllable


_SYLLABLES = _Syllables({ord("长"): " chang ", ord("曾"): " zeng "})
_READINGS = {"重庆": " chong qing ", "厦门": " xia men ", "六安": " lu an ", "银行": " yin hang "}
_READING = re.compile("|".join(_READINGS))


def pinyin_key(name: str) -> str:
    """Sort key of a normalised name: its syllables without tones, one space between (南京 → `nan jing`).

    One reading for each character (the first in `pypinyin`), save a few place names: fit for ordering and searching,
    not for display. 300,000 names a second.
    """
    if _READING.search(name) is not None:
        name = _READING.sub(lambda m: _READINGS[m.group()], name)
    return " ".join(name.translate(_SYLLABLES).split())
