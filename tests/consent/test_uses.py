"""Counting calls exactly, and forgetting at once what changed elsewhere."""

from __future__ import annotations

import asyncio
import sys
from datetime import timedelta
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from consent_kit import FIRM, Office, refusal

from xinshu.consent.store import CHANNEL, give_back_use, in_force, take_use
from xinshu.consent.uses import ConsentUses
from xinshu.core.settings import Settings

CALLS = 64


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Room for calls that really run at the same time."""
    return settings.model_copy(update={"pool_size": 20})


async def at_once(office: Office, consent: str, calls: int = CALLS) -> int:
    """How many of so many concurrent calls get a use."""

    async def one() -> bool:
        async with office.db.acquire() as conn:
            return await take_use(conn, consent, office.clock.now())

    return sum(await asyncio.gather(*(one() for _ in range(calls))))


@pytest.mark.parametrize("count", [1, 7, 63])
async def test_of_64_calls_at_once_exactly_as_many_succeed_as_are_left(office: Office, count: int) -> None:
    bank, firm = await office.bank(), await office.representative()
    consent = await office.active(bank, firm, max_calls=count)
    assert await at_once(office, consent) == count
    assert await at_once(office, consent, 3) == 0
    detail = (await office.get(firm, f"/{consent}")).json()
    assert (detail["state"], detail["used"]) == ("exhausted", count)
    assert [step["event"] for step in detail["steps"]][-1] == "exhaust"
    assert [one["about"]["event"] for one in await office.evidence()].count("exhaust") == 1
    assert refusal(await office.post(firm, f"/{consent}/pause"))[:2] == (409, "consent_state")


async def test_frequency_is_counted_by_day_and_month_in_china(office: Office) -> None:
    bank, firm = await office.bank(), await office.representative()
    daily = await office.active(bank, firm, max_calls=None, frequency={"times": 5, "per": "day"})
    monthly = await office.active(bank, firm, max_calls=8, frequency={"times": 5, "per": "month"})
    assert [await at_once(office, one) for one in (daily, monthly)] == [5, 5]
    office.clock.advance(timedelta(hours=13, minutes=59))  # 23:59 in China
    assert [await at_once(office, one, 9) for one in (daily, monthly)] == [0, 0]
    office.clock.advance(timedelta(minutes=1))
    assert [await at_once(office, one, 9) for one in (daily, monthly)] == [5, 0]
    office.clock.advance(timedelta(days=29))  # 1 July
    assert [await at_once(office, one, 9) for one in (daily, monthly)] == [5, 3]


async def test_nothing_is_taken_of_what_is_not_in_force(office: Office) -> None:
    bank, firm = await office.bank(), await office.representative()
    consent = await office.active(bank, firm, max_calls=9, valid_to="2026-06-10")
    for step, left in (("pause", 0), ("resume", 1)):
        await office.post(firm, f"/{consent}/{step}")
        assert await at_once(office, consent, 1) == left
    office.clock.advance(timedelta(days=10))
    assert await at_once(office, consent, 1) == 0
    assert await at_once(office, (await office.request(bank))["id"], 1) == 0
    assert await at_once(office, str(UUID(int=5)), 1) == 0
    revoked = await office.active(bank, firm)
    await office.post(firm, f"/{revoked}/revoke")
    assert await at_once(office, revoked, 1) == 0


async def test_a_use_given_back_is_there_again(office: Office) -> None:
    bank, firm = await office.bank(), await office.representative()
    consent = await office.active(bank, firm, max_calls=2, frequency={"times": 2, "per": "day"})
    assert await at_once(office, consent) == 2
    async with office.db.acquire() as conn:
        await give_back_use(conn, consent, office.clock.now())
    detail = (await office.get(firm, f"/{consent}")).json()
    assert (detail["state"], detail["used"]) == ("active", 1)
    assert [step["event"] for step in detail["steps"]][-2:] == ["exhaust", "give-back"]
    assert await at_once(office, consent) == 1


async def test_a_use_rolled_back_is_not_used(office: Office) -> None:
    bank, firm = await office.bank(), await office.representative()
    consent = await office.active(bank, firm, max_calls=1)
    with pytest.raises(RuntimeError):
        async with office.db.transaction() as conn:
            assert await take_use(conn, consent, office.clock.now())
            raise RuntimeError
    assert await at_once(office, consent) == 1


async def test_revoking_wins_over_uses_that_wait(office: Office) -> None:
    """A use waits for the revocation's transaction and then finds nothing."""
    bank, firm = await office.bank(), await office.representative()
    consent = await office.active(bank, firm, max_calls=5)
    async with office.db.transaction() as conn:
        await conn.execute("update consent set state = 'revoked' where id = $1", UUID(consent))
        waiting = asyncio.create_task(at_once(office, consent, 4))
        await asyncio.sleep(0.05)
        assert not waiting.done()
    assert await waiting == 0


async def test_every_change_is_told_and_mere_counts_are_not(office: Office) -> None:
    heard: asyncio.Queue[str] = asyncio.Queue()
    async with office.db.acquire() as conn:

        def hear(*about: Any) -> None:
            heard.put_nowait(about[3])

        await conn.add_listener(CHANNEL, hear)
        bank, firm = await office.bank(), await office.representative()

        async def told() -> str:
            return await asyncio.wait_for(heard.get(), 10)

        consent = (await office.request(bank, max_calls=2))["id"]
        assert await told() == FIRM
        await office.prepared(firm, consent, max_calls=2, retention_days=5, valid_to="2026-06-20")
        assert await told() == FIRM
        await office.signed(firm, consent)
        assert await told() == FIRM
        assert await at_once(office, consent, 1) == 1  # not told
        for step in ("pause", "resume"):
            await office.post(firm, f"/{consent}/{step}")
            assert await told() == FIRM
        assert heard.empty()
        assert await at_once(office, consent, 1) == 1  # the last one: exhausted
        assert await told() == FIRM
        with pytest.raises(asyncpg.RaiseError):
            await conn.execute("update consent_artefact set content = content")
        with pytest.raises(asyncpg.RaiseError):
            await conn.execute("delete from consent_step")
        await conn.remove_listener(CHANNEL, hear)


async def test_what_another_process_revoked_is_seen_by_the_next_question(office: Office, settings: Settings) -> None:
    """A second process (a real one) revokes; nothing is remembered here."""
    bank, firm = await office.bank(), await office.representative()
    consent = await office.active(bank, firm)
    uses = ConsentUses(office.db)
    assert [view.state for view in await uses.of(FIRM, bank.member_id or "")] == ["active"]
    script = (
        "import asyncio, asyncpg, sys\n"
        "async def main():\n"
        "    conn = await asyncpg.connect(sys.argv[1])\n"
        "    await conn.execute(\"update consent set state = 'revoked' where id = $1::uuid\", sys.argv[2])\n"
        "    await conn.close()\n"
        "asyncio.run(main())\n"
    )
    assert settings.database_url is not None
    dsn = settings.database_url.get_secret_value()
    other = await asyncio.create_subprocess_exec(sys.executable, "-c", script, dsn, consent)
    assert await other.wait() == 0
    assert [view.state for view in await uses.of(FIRM, bank.member_id or "")] == ["revoked"]
    assert not await uses.take_use(consent, office.clock.now())


async def test_the_look_up_of_the_hot_path_uses_its_index(office: Office) -> None:
    bank, firm = await office.bank(), await office.representative()
    await office.active(bank, firm)
    async with office.db.transaction() as conn:
        await conn.execute(  # the same bank holds something of two thousand firms
            "insert into consent (id, subject_code, grantee, purpose, state, state_since, valid_from, valid_to, items, "
            "answer_by, revision, digest, requested_by, requested_at, updated_at) select gen_random_uuid(), 'S' || n, "
            "grantee, purpose, state, state_since, valid_from, valid_to, items, answer_by, 1, digest, 'test', now(), "
            "now() from consent, generate_series(1, 2000) as n"
        )
        await conn.execute("analyze consent")
        plan = await conn.fetch(
            "explain select id from consent where subject_code = $1 and grantee = $2 and state <> 'draft'",
            FIRM, bank.member_id,
        )  # fmt: skip
        assert "consent_of_subject" in str(plan)
        assert [view.state for view in await in_force(conn, FIRM, bank.member_id or "")] == ["active"]
