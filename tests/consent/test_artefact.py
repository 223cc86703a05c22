"""The artefact: one canonical form, one digest; anything else is refused."""

from __future__ import annotations

import math
from typing import Any

import orjson
import pytest
from consent_kit import Office
from hypothesis import given, settings
from hypothesis import strategies as st

from xinshu.consent.artefact import Artefact
from xinshu.consent.canonical import NotCanonicalError, canonical, parse
from xinshu.consent.errors import ArtefactInvalidError

# RFC 8785, 3.2.3 (order of names by UTF-16 units) and 3.2.2.2 (texts)
NAMES = {"\u20ac": "Euro Sign", "\r": "Carriage Return", "\ufb33": "Hebrew Letter Dalet With Dagesh", "1": "One",
         "\U0001f600": "Emoji: Grinning Face", "\u0080": "Control",
         "\u00f6": "Latin Small Letter O With Diaeresis"}  # fmt: skip
ORDER = ["Carriage Return", "One", "Control", "Latin Small Letter O With Diaeresis", "Euro Sign",
         "Emoji: Grinning Face", "Hebrew Letter Dalet With Dagesh"]  # fmt: skip
TEXT = "\u20ac$\u000f\u000aA'\u0042\u0022\u005c\\\"/"

values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner, max_size=4)
    ),
    max_leaves=20,
)


def test_examples_of_the_standard() -> None:
    assert list(orjson.loads(canonical(NAMES)).values()) == ORDER
    assert canonical([TEXT]).decode() == '["€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"]'
    literals = {"literals": [None, True, False], "numbers": [333333333, -4, 0]}
    assert canonical(literals) == b'{"literals":[null,true,false],"numbers":[333333333,-4,0]}'


@settings(max_examples=200, derandomize=True, database=None, deadline=None)
@given(values)
def test_canonical_bytes_come_back_and_stay(value: Any) -> None:
    written = canonical(value)
    assert parse(written) == value and canonical(parse(written)) == written


@pytest.mark.parametrize(
    "value", [1.0, math.nan, 2**53, -(2**53), {1: "a"}, b"bytes", "\ud800", {"\ud800": 1}, object()]
)
def test_values_that_artefacts_do_not_hold(value: Any) -> None:
    with pytest.raises((NotCanonicalError, UnicodeEncodeError)):
        canonical({"value": value} if not isinstance(value, dict) else value)


@pytest.mark.parametrize(
    "data",
    [
        b'{"b":1,"a":2}',
        b'{"a": 1}',
        b'{"a":1}\n',
        b'{"a":1,"a":1}',
        b'{"a":1.0}',
        b'"\\u0041"',
        b"\xef\xbb\xbf{}",
        b"",
        b"{",
    ],
)
def test_json_in_another_form(data: bytes) -> None:
    with pytest.raises(NotCanonicalError):
        parse(data)


async def test_an_artefact_has_one_form(office: Office) -> None:
    bank, firm = await office.bank(), await office.representative()
    made = await office.request(
        bank, items={"17": ["tax_due", "period_to"], "4": None}, personal=["4"], frequency={"times": 3, "per": "day"},
        data={"since": "2024-01-01"}, demand="D-2026-1",
    )  # fmt: skip
    content = (await office.get(firm, f"/{made['id']}/artefact")).content
    artefact = Artefact.parse(content)
    assert artefact.canonical() == content
    said = orjson.loads(content)
    assert set(said) == {
        "version", "id", "revision", "suite", "platform", "grantor", "signer", "grantee", "items", "purpose",
        "purpose_note", "demand", "valid_from", "valid_to", "max_calls", "frequency", "data", "retention_days",
        "onward", "personal", "text",
    }  # fmt: skip
    assert said["items"] == {"17": ["period_to", "tax_due"], "4": None}
    assert (said["valid_from"], said["onward"], said["signer"]) == ("2026-05-31T16:00:00Z", [], None)
    assert said["data"] == {"months": None, "since": "2024-01-01"}

    def changed(**parts: Any) -> bytes:
        return canonical(said | parts)

    for broken in (
        changed(more=1),
        canonical({name: value for name, value in said.items() if name != "onward"}),
        changed(version=2),
        changed(valid_from="2026-06-01T00:00:00+08:00"),
        changed(valid_from="2026-06-01"),
        changed(valid_to=said["valid_from"]),
        changed(items={}),
        changed(items={"17": ["tax_due", "period_to"], "4": None}),  # not sorted
        changed(max_calls=0),
        changed(data={"months": 3, "since": "2024-01-01"}),
        changed(grantor={"subject": "short", "name": "x"}),
        content[:-1],
        content + b" ",
        content.replace(b'"revision":1', b'"revision":1.0'),
    ):
        with pytest.raises(ArtefactInvalidError):
            Artefact.parse(broken)
