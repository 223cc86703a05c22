"""Questions that come at the same time are looked up together, and each gets its own answer or its own fault."""

from __future__ import annotations

import asyncio

import asyncpg
import pytest
from asking_kit import Desk
from collect_kit import code_of

from xinshu.consent.view import State
from xinshu.core.settings import Settings
from xinshu.inquiry.reading import MOST, Known, Reading
from xinshu.store import Database
from xinshu.store.database import DatabaseUnavailableError

ITEMS = ("1", "17")


async def test_each_gets_its_own(desk: Desk) -> None:
    reading, firms = Reading(desk.db), [1 + number % 40 for number in range(3 * MOST)]
    found = await asyncio.gather(*[reading.known(code_of(firm), desk.bank.id, ITEMS) for firm in firms])
    for firm, known in zip(firms, found, strict=True):
        assert known is not None
        assert (known.code, known.subject["code"]) == (code_of(firm), code_of(firm))
        assert set(known.holdings) == set(ITEMS)
        for document, _, rows, version, _ in known.holdings.values():
            assert code_of(firm).encode() in document and rows > 0 and version > 0


async def test_a_text_that_no_database_holds_harms_nobody_else(desk: Desk) -> None:
    reading = Reading(desk.db)
    codes = [code_of(1), "a\0b", "nobody", "\ud800", code_of(2)]
    found = await asyncio.gather(*[reading.known(code, desk.bank.id, ITEMS) for code in codes], return_exceptions=True)
    assert [type(one) for one in found] == [
        Known, asyncpg.UntranslatableCharacterError, type(None), UnicodeEncodeError, Known,
    ]  # fmt: skip
    assert [one.code for one in found if isinstance(one, Known)] == [code_of(1), code_of(2)]


async def test_one_that_gives_up_harms_nobody_else(desk: Desk) -> None:
    reading = Reading(desk.db)
    asked = [asyncio.create_task(reading.known(code_of(firm), None, ITEMS)) for firm in (1, 2, 3)]
    await asyncio.sleep(0)
    asked[1].cancel()
    found = await asyncio.gather(*asked, return_exceptions=True)
    assert isinstance(found[1], asyncio.CancelledError)
    assert [one.code for one in found if isinstance(one, Known)] == [code_of(1), code_of(3)]


async def test_each_is_told_that_the_database_is_gone(settings: Settings, db: Database) -> None:
    own = await Database.open(settings, migrate=False)
    reading = Reading(own)
    await own.close()
    found = await asyncio.gather(*[reading.known(code_of(1), None, ITEMS) for _ in range(3)], return_exceptions=True)
    assert [type(one) for one in found] == [DatabaseUnavailableError] * 3
    with pytest.raises(DatabaseUnavailableError):
        await reading.known(code_of(1), None, ITEMS)


async def test_authorisations_are_those_of_the_member_as_they_are_now(desk: Desk) -> None:
    serial, reading = desk.fresh(), Reading(desk.db)
    consent = await desk.authorised(
        serial, items={"17": None, "15": ["evaluation_score"]}, max_calls=5, data={"months": 3},
        frequency={"times": 2, "per": "day"},
    )  # fmt: skip
    of_other = await reading.known(code_of(serial), desk.other.id, ITEMS)
    assert of_other is not None and list(of_other.consents) == []
    for step, state in (("pause", State.PAUSED), ("resume", State.ACTIVE), ("revoke", State.REVOKED)):
        await desk.step(serial, consent, step)
        known = await reading.known(code_of(serial), desk.bank.id, ITEMS)
        slow = await reading.found(code_of(serial), desk.bank.id, ITEMS, None)
        assert known is not None and slow is not None
        (view,) = known.consents
        assert (view.id, view.state, view.max_calls, view.times) == (consent, state, 5, 2)
        assert list(slow.consents) == [view]
        assert (slow.subject, slow.code, slow.holdings) == (known.subject, known.code, known.holdings)
