"""Signing in: passwords, locks, one-time and recovery codes; what a guesser learns, which is nothing."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pyotp
import pytest
from accounts_kit import PASSWORD, Browser, House

from xinshu.members.accounts import totp
from xinshu.members.accounts.attempts import network_of


async def signed_in(house: House, login: str = "admin") -> Browser:
    """A browser of the first operator, signed in strongly."""
    account = await house.operator(login)
    browser = house.browser()
    browser.account = account
    await browser.sign_in(login)
    return browser


async def test_the_first_sign_in_gives_little_until_a_second_factor_is_set_up(house: House) -> None:
    await house.operator()
    browser = house.browser()
    answer = await browser.password(" ADMIN ")
    body = answer.json()
    assert (answer.status_code, body["strength"], body["missing"]) == (200, "password", ["enrol_second_factor"])
    assert body["roles"] == ["operator-admin"]
    refused = await browser.get("/v1/accounts")
    assert (refused.status_code, refused.json()["details"]["reason"]) == (403, "sign_in_too_weak")
    before = browser.cookie
    confirmed = (await browser.enrol()).json()
    assert confirmed["session"]["strength"] == "multi" and confirmed["session"]["missing"] == []
    assert len(set(confirmed["recovery_codes"])) == 10
    assert browser.cookie != before
    assert (await browser.get("/v1/accounts")).status_code == 200


async def test_a_second_factor_is_asked_for_and_bound_to_the_browser(house: House) -> None:
    browser = await signed_in(house)
    house.clock.advance(timedelta(minutes=1))
    other, thief = house.browser(), house.browser()
    answer = await other.password("admin")
    assert answer.json()["second_factor_required"] is True and "set-cookie" in answer.headers
    assert house.accounts.sessions.cookie not in other.http.cookies
    body = {"challenge": answer.json()["challenge"], "code": browser.code()}
    stolen = await thief.post("/v1/session/second-factor", body)
    assert (stolen.status_code, stolen.json()["code"]) == (400, "challenge_invalid")
    opened = await other.post("/v1/session/second-factor", body)
    assert (opened.status_code, opened.json()["strength"]) == (200, "multi")
    again = await other.post("/v1/session/second-factor", body)
    assert (again.status_code, again.json()["code"]) == (400, "challenge_invalid")
    late = (await other.password("admin")).json()
    house.clock.advance(timedelta(minutes=5))
    answer = await other.post("/v1/session/second-factor", {"challenge": late["challenge"], "code": browser.code()})
    assert (answer.status_code, answer.json()["code"]) == (400, "challenge_expired")


async def test_failures_look_the_same(house: House) -> None:
    """Unknown, wrong, locked with the right password, closed, only invited, and forms that no login has."""
    bank = await house.member(2)
    await house.person("known", bank, "credit-officer")
    await house.person("locked", bank, "credit-officer")
    closed = await house.person("gone", bank, "credit-officer")
    await house.invited("invited", bank, "credit-officer")
    await house.accounts.staff.close(house.access("close"), closed)
    await house.sql("update account set locked_until = $1 where login = 'locked'", later(house, minutes=5))
    answers = []
    for login, password in (
        ("known", "wrong password"), ("unknown", PASSWORD), ("locked", PASSWORD), ("gone", PASSWORD),
        ("invited", PASSWORD), ("' or 1=1 --", "x"), ("known\0", PASSWORD), ("known", "\0"),
    ):  # fmt: skip
        answer = await house.browser().password(login, password)
        answers.append((answer.status_code, answer.json()))
    assert all(answer == answers[0] for answer in answers)
    assert answers[0][0] == 401 and answers[0][1]["code"] == "sign_in_failed"
    log = await house.events("failed", "locked")
    assert len(log) == 8 and all(line["kind"] == "sign_in" and line["address"] for line in log)
    assert "or 1=1" not in str(log) and 'unknown"' not in str(log) and PASSWORD not in str(log)
    assert sum("unknown_login" in line["details"] for line in log) == 4


def later(house: House, **by: float) -> Any:
    """A moment after the clock's."""
    return house.clock.now() + timedelta(**by)


async def test_five_failures_lock_longer_and_longer(house: House) -> None:
    await house.person("known", await house.member(2), "credit-officer")
    browser = house.browser()
    for minutes in (15, 30, 60):
        for _ in range(5):
            assert (await browser.password("known", "wrong password")).status_code == 401
        house.clock.advance(timedelta(minutes=minutes, seconds=-1))
        assert (await browser.password("known")).status_code == 401
        house.clock.advance(timedelta(seconds=1))
    opened = await browser.password("known")
    assert (opened.status_code, opened.json()["failures"], opened.json()["previous"]) == (200, 15, None)
    assert len(await house.events("account_locked")) == 3
    again = await browser.password("known")
    assert (again.status_code, again.json()["failures"]) == (200, 0) and again.json()["previous"] is not None
    for _ in range(4):
        await browser.password("known", "wrong password")
    assert (await browser.password("known")).status_code == 200


async def test_a_stranger_locks_out_strangers_and_not_the_owner(house: House) -> None:
    """From another address the owner signs in as if nothing had happened, and so it does with a code."""
    await house.person("known", await house.member(2), "credit-officer")
    stranger = house.browser("203.0.113.66")
    for _ in range(7):
        assert (await stranger.password("known", "wrong password")).status_code == 401
    assert (await stranger.password("known")).status_code == 401  # locked, though it is right
    (told,) = await house.events("account_locked")
    assert (told["details"]["place"], told["details"]["failures"], told["address"]) == ("network", 5, "203.0.113.66")
    assert (await house.browser("203.0.113.66").password("known")).status_code == 401  # without its cookie too
    owner = house.browser()
    opened = await owner.password("known")
    assert (opened.status_code, opened.json()["failures"]) == (200, 5)
    assert (await stranger.password("known")).status_code == 401  # the owner's success does not open it to the stranger


async def test_many_addresses_together_are_locked_and_known_browsers_are_not(house: House) -> None:
    await house.person("known", await house.member(2), "credit-officer")
    owner, elsewhere = house.browser(), house.browser("203.0.113.5")
    assert (await owner.password("known")).status_code == 200
    await owner.ask("DELETE", "/v1/session")
    judged = 0
    for number in range(12):
        for _ in range(5):
            await house.browser(f"198.18.{number}.1").password("known", "wrong password")
    judged = len(await house.events("failed"))
    assert judged == 50  # no more than that is looked at, from however many addresses
    assert (await elsewhere.password("known")).status_code == 401
    scopes = [line["details"]["place"] for line in await house.events("account_locked")]
    assert scopes.count("account") == 1 and scopes.count("network") == 10
    assert (await owner.password("known")).status_code == 200
    house.clock.advance(timedelta(minutes=15))
    assert (await elsewhere.password("known")).status_code == 200


async def test_a_known_browser_may_not_guess_either(house: House) -> None:
    await house.person("known", await house.member(2), "credit-officer")
    browser = house.browser()
    await browser.password("known")
    for _ in range(6):
        await browser.password("known", "wrong password")
    assert (await browser.password("known")).status_code == 401
    assert [line["details"]["place"] for line in await house.events("account_locked")] == ["browser"]
    assert (await house.browser().password("known")).status_code == 200  # another browser in the same network
    house.clock.advance(timedelta(minutes=15))
    assert (await browser.password("known")).status_code == 200
    kept = await house.sql("select digest from known_browser")
    assert len(kept) == 2 and all(len(row["digest"]) == 32 for row in kept)


async def test_a_browser_of_another_account_is_not_known(house: House) -> None:
    bank = await house.member(2)
    await house.person("known", bank, "credit-officer")
    await house.person("neighbour", bank, "credit-officer")
    browser = house.browser()
    await browser.password("neighbour")
    for _ in range(6):
        await browser.password("known", "wrong password")
    assert (await house.browser().password("known")).status_code == 401  # it counted for the network
    assert {line["details"]["place"] for line in await house.events("failed")} == {"network"}


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("198.51.100.7", "198.51.100.8", False),
        ("2001:db8::1", "2001:db8::ffff:1", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("::ffff:198.51.100.7", "198.51.100.7", True),
        ("", "local", False),
    ],
)
def test_what_counts_as_one_network(one: str, other: str, same: bool) -> None:
    assert (network_of(one) == network_of(other)) is same


async def test_many_guesses_at_the_same_moment_count_each(house: House) -> None:
    await house.person("known", await house.member(2), "credit-officer")
    guesses = [house.browser().password("known", "wrong password") for _ in range(12)]
    await asyncio.gather(*guesses)
    assert len(await house.events("failed")) == 5 and len(await house.events("locked")) == 7
    assert (await house.browser().password("known")).status_code == 401


async def test_a_lock_ends_by_hand(house: House) -> None:
    account = await house.person("known", await house.member(2), "credit-officer")
    for _ in range(5):
        await house.browser().password("known", "wrong password")
    await house.accounts.staff.unlock(house.access("reset"), account)
    assert (await house.browser().password("known")).status_code == 200


async def test_guessing_codes_locks_even_with_the_right_password(house: House) -> None:
    await signed_in(house)
    house.clock.advance(timedelta(minutes=1))
    guesser = house.browser()
    challenge = (await guesser.password("admin")).json()["challenge"]
    for _ in range(5):
        again = (await guesser.password("admin")).json()
        answer = await guesser.post("/v1/session/second-factor", {"challenge": challenge, "code": "000000"})
        assert (answer.status_code, answer.json()["code"]) == (401, "second_factor_failed")
        challenge = answer.json()["details"]["challenge"]
        assert again.get("second_factor_required") is True
    assert (await guesser.password("admin")).status_code == 401
    assert len(await house.events("account_locked")) == 1


async def test_a_locked_account_takes_no_right_code(house: House) -> None:
    browser, stranger = await signed_in(house), house.browser()
    house.clock.advance(timedelta(minutes=1))
    challenge = (await stranger.password("admin")).json()["challenge"]
    for _ in range(5):
        await house.browser().password("admin", "wrong password")
    answer = await stranger.post("/v1/session/second-factor", {"challenge": challenge, "code": browser.code()})
    assert answer.status_code == 401
    house.clock.advance(timedelta(minutes=1))
    assert (await browser.sign_in("admin")).status_code == 200  # where the account was signed in to before
    house.clock.advance(timedelta(minutes=15))
    assert (await browser.sign_in("admin")).status_code == 200


async def test_odd_codes(house: House) -> None:
    browser = await signed_in(house)
    house.clock.advance(timedelta(minutes=1))
    for code in (" ", "12345", "1234567", "abcdef", "12345六", "AAAA-AAAA-AAAA-AAAA", "\0", "\ud800", "", "x" * 101):
        await house.accounts.staff.unlock(house.access("reset"), browser.account)
        challenge = (await browser.password("admin")).json()["challenge"]
        answer = await browser.post("/v1/session/second-factor", {"challenge": challenge, "code": code})
        assert answer.status_code == (422 if code in ("", "\ud800", "x" * 101) else 401), code


async def test_odd_challenges(house: House) -> None:
    for challenge in ("x", "no base64!", "A" * 44, "\U0001f600", "=" * 8, "é"):
        answer = await house.browser().post("/v1/session/second-factor", {"challenge": challenge, "code": "123456"})
        assert (answer.status_code, answer.json()["code"]) == (400, "challenge_invalid"), challenge
    assert len(await house.events("challenge_invalid")) == 6


async def test_one_code_serves_once_even_at_the_same_moment(house: House) -> None:
    browser = await signed_in(house)
    house.clock.advance(timedelta(minutes=1))
    tries = []
    for _ in range(4):
        one = house.browser()
        challenge = (await one.password("admin")).json()["challenge"]
        tries.append(one.post("/v1/session/second-factor", {"challenge": challenge, "code": browser.code()}))
    codes = sorted(answer.status_code for answer in await asyncio.gather(*tries))
    assert codes == [200, 401, 401, 401]


async def test_a_code_counts_a_step_early_and_late_and_never_backwards(house: House) -> None:
    secret = totp.new_secret()
    now = house.clock.now()
    codes = [pyotp.TOTP(secret).at(now + timedelta(seconds=30 * step)) for step in range(-2, 3)]
    found = [totp.matching_step(secret, code, now) for code in codes]
    middle = int(now.timestamp()) // 30
    assert found == [None, middle - 1, middle, middle + 1, None]
    browser = await signed_in(house)
    old = pyotp.TOTP(browser.secret).at(house.clock.now() - timedelta(seconds=30))
    challenge = (await browser.password("admin")).json()["challenge"]
    answer = await browser.post("/v1/session/second-factor", {"challenge": challenge, "code": old})
    assert answer.status_code == 401


async def test_recovery_codes_serve_once(house: House) -> None:
    browser = await signed_in(house)
    stored = await house.sql("select digest from recovery_code")
    assert len(stored) == 10 and all(len(row["digest"]) == 32 for row in stored)
    typed = browser.recovery[3].lower().replace("-", " ")
    tries = []
    for _ in range(3):
        one = house.browser()
        challenge = (await one.password("admin")).json()["challenge"]
        tries.append(one.post("/v1/session/second-factor", {"challenge": challenge, "code": typed}))
    answers = await asyncio.gather(*tries)
    assert sorted(answer.status_code for answer in answers) == [200, 401, 401]
    assert (await house.events("signed_in"))[-1]["details"]["how"] == "recovery_code"


async def test_recovery_codes_are_renewed_shortly_after_a_strong_sign_in(house: House) -> None:
    browser = await signed_in(house)
    renewed = (await browser.post("/v1/session/recovery-codes")).json()["recovery_codes"]
    assert len(renewed) == 10 and not set(renewed) & set(browser.recovery)
    challenge = (await browser.password("admin")).json()["challenge"]
    answer = await browser.post("/v1/session/second-factor", {"challenge": challenge, "code": browser.recovery[0]})
    assert answer.status_code == 401
    house.clock.advance(timedelta(minutes=11))
    late = await browser.post("/v1/session/recovery-codes")
    assert (late.status_code, late.json()["code"]) == (403, "sign_in_again")


async def test_whoever_knows_the_password_only_adds_no_factor(house: House) -> None:
    """The account has a passkey: a session by password must not put another key beside it."""
    account = await house.person("known", await house.member(2), "member-admin")
    await house.sql(
        "insert into passkey values ('\\x01', $1, '\\x02', 0, '{}', 'single_device', 'k', now(), null)", account
    )
    browser = house.browser()
    opened = (await browser.password("known")).json()
    assert (opened["strength"], opened["missing"]) == ("password", ["second_factor"])
    answer = await browser.post("/v1/session/totp")
    assert (answer.status_code, answer.json()["code"]) == (403, "sign_in_again")


async def test_an_open_session_found_later_adds_and_removes_no_factor(house: House) -> None:
    browser = await signed_in(house)
    house.clock.advance(timedelta(minutes=11))
    for method, path in (("POST", "/v1/session/totp"), ("DELETE", "/v1/session/totp")):
        answer = await browser.ask(method, path)
        assert (answer.status_code, answer.json()["code"]) == (403, "sign_in_again")
    await browser.sign_in("admin")
    assert (await browser.ask("DELETE", "/v1/session/totp")).status_code == 204
    assert await house.sql("select 1 from recovery_code") == []
    assert (await browser.get("/v1/session")).json()["totp"] is False


async def test_an_enrolment_counts_with_its_own_code_only(house: House) -> None:
    await house.operator()
    browser, other = house.browser(), house.browser()
    await browser.password("admin")
    begun = (await browser.post("/v1/session/totp")).json()
    assert begun["uri"].startswith("otpauth://totp/") and begun["secret"] in begun["uri"]
    wrong = await browser.post("/v1/session/totp/confirm", {"enrolment": begun["enrolment"], "code": "000000"})
    assert (wrong.status_code, wrong.json()["code"]) == (400, "totp_not_confirmed")
    used = await browser.post("/v1/session/totp/confirm", {"enrolment": begun["enrolment"], "code": "000000"})
    assert (used.status_code, used.json()["code"]) == (400, "challenge_invalid")
    enrolment = wrong.json()["details"]["enrolment"]
    browser.secret = begun["secret"]
    await other.password("admin")
    stolen = await other.post("/v1/session/totp/confirm", {"enrolment": enrolment, "code": browser.code()})
    assert (stolen.status_code, stolen.json()["code"]) == (400, "challenge_invalid")
    right = await browser.post("/v1/session/totp/confirm", {"enrolment": enrolment, "code": browser.code()})
    assert right.status_code == 200
    sealed = (await house.sql("select totp_sealed from account"))[0]["totp_sealed"]
    assert begun["secret"] not in sealed


async def test_the_password_changes_by_the_old_one(house: House) -> None:
    await house.person("known", await house.member(2), "credit-officer")
    browser, other = house.browser(), house.browser()
    await browser.password("known")
    await other.password("known")
    before, new = browser.cookie, "another Good passphrase"
    for old, code in (("wrong password", "old_password_wrong"), (None, "sign_in_again")):
        answer = await browser.ask("PUT", "/v1/session/password", {"old": old, "new": new})
        assert (answer.status_code, answer.json()["code"]) == (403, code)
    weak = await browser.ask("PUT", "/v1/session/password", {"old": PASSWORD, "new": "known-known-known"})
    assert (weak.status_code, weak.json()["code"]) == (400, "password_weak")
    answer = await browser.ask("PUT", "/v1/session/password", {"old": PASSWORD, "new": new})
    assert answer.status_code == 200 and browser.cookie != before
    assert (await other.get("/v1/session")).status_code == 401
    assert (await browser.get("/v1/session")).status_code == 200
    assert (await house.browser().password("known")).status_code == 401
    assert (await house.browser().password("known", new)).status_code == 200


async def test_a_found_session_does_not_guess_the_old_password(house: House) -> None:
    await house.person("known", await house.member(2), "credit-officer")
    browser = house.browser()
    await browser.password("known")
    for _ in range(5):
        await browser.ask("PUT", "/v1/session/password", {"old": "wrong password", "new": "another Good one"})
    answer = await browser.ask("PUT", "/v1/session/password", {"old": PASSWORD, "new": "another Good one"})
    assert (answer.status_code, answer.json()["code"]) == (403, "old_password_wrong")


async def test_the_password_changes_without_the_old_one_after_a_strong_sign_in(house: House) -> None:
    browser = await signed_in(house)
    answer = await browser.ask("PUT", "/v1/session/password", {"new": "another Good passphrase"})
    assert (answer.status_code, answer.json()["strength"]) == (200, "multi")


async def test_hashes_of_older_parameters_are_renewed(house: House) -> None:
    from argon2 import PasswordHasher

    await house.person("known", await house.member(2), "credit-officer")
    old = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    await house.sql("update account set password_hash = $1", old)
    assert (await house.browser().password("known")).status_code == 200
    kept = (await house.sql("select password_hash from account"))[0]["password_hash"]
    assert kept.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert (await house.browser().password("known")).status_code == 200


async def test_accounts_that_may_not_be_used_say_so_to_their_owner_only(house: House) -> None:
    bank = await house.member(2)
    account = await house.person("known", bank, "credit-officer")
    await house.accounts.staff.suspend(house.access("close"), account)
    assert (await house.browser().password("known", "wrong password")).json()["code"] == "sign_in_failed"
    told = (await house.browser().password("known")).json()
    assert (told["code"], told["details"]["reason"]) == ("account_unusable", "suspended")
    await house.accounts.staff.resume(house.access("edit"), account)
    await house.sql("update account set valid_to = '2026-05-31'")
    told = (await house.browser().password("known")).json()
    assert (told["code"], told["details"]["reason"]) == ("account_unusable", "expired")
    await house.sql("update account set valid_to = '2026-06-01'")
    assert (await house.browser().password("known")).status_code == 200
    await house.sql("update member set state = 'offboarded'")
    told = (await house.browser().password("known")).json()
    assert (told["code"], told["details"]["reason"]) == ("account_unusable", "member_left")


async def test_bad_bodies(house: House) -> None:
    bodies: list[Any] = [
        None, {}, [], {"login": "a"}, {"login": "", "password": "x"}, {"login": "a", "password": ""},
        {"login": "a" * 129, "password": "x"}, {"login": "a", "password": "x" * 257}, {"login": 1, "password": "x"},
        {"login": "a", "password": "x", "extra": 1}, {"login": "\ud800", "password": "\ud800"},
    ]  # fmt: skip
    for body in bodies:
        assert (await house.browser().post("/v1/session", body)).status_code == 422, body
