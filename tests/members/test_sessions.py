"""Sessions: what the cookie is, when it ends, and that no other site uses it."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from accounts_kit import ADDRESS, ORIGIN, Browser, House, open_house
from members_kit import table

from xinshu.core.clock import FixedClock
from xinshu.members.accounts.cross_site import csrf_token, refuse_cross_site
from xinshu.members.accounts.errors import CrossSiteError, CsrfError, SessionInvalidError
from xinshu.members.accounts.sessions import SessionService
from xinshu.members.freshness import Freshness, announce
from xinshu.members.model import Caller, MemberState, Strength
from xinshu.store import Database

FROM = Caller(ADDRESS, "pytest")


async def officer(house: House, login: str = "officer") -> Browser:
    """A browser of a bank's officer, signed in by password."""
    member = await house.sql("select id from member where kind = 'bank'")
    account = await house.person(login, member[0]["id"] if member else await house.member(2), "credit-officer")
    browser = house.browser()
    browser.account = account
    assert (await browser.password(login)).status_code == 200
    return browser


async def is_in(browser: Browser) -> bool:
    """Whether the session counts."""
    return (await browser.get("/v1/session")).status_code == 200


async def heard(house: House) -> None:
    """Wait until what was announced has been heard."""
    done = asyncio.Event()
    house.freshness.on_change(lambda what: done.set() if what == "client:marker" else None)
    async with house.db.transaction() as conn:
        await announce(conn, "client:marker")
    await asyncio.wait_for(done.wait(), 5)


async def test_the_cookie(house: House) -> None:
    browser = await officer(house)
    answer = await browser.password("officer")
    (cookie,) = [one for one in answer.headers.get_list("set-cookie") if one.startswith("xinshu-session=")]
    parts = cookie.split("; ")
    assert set(parts[1:]) == {"HttpOnly", "Path=/", "SameSite=lax"}
    assert len(browser.cookie) == 43
    kept = await house.sql("select digest from session")
    assert all(len(row["digest"]) == 32 and browser.cookie.encode() not in row["digest"] for row in kept)


async def test_the_cookie_under_tls(db: Database, clock: FixedClock) -> None:
    from fastapi import Response

    service = SessionService(db, clock, Freshness(db), table(), origin="https://platform.example")
    assert service.cookie == "__Host-xinshu"
    response = Response()
    service.clear_cookie(response)
    assert {"Secure", "HttpOnly", "Path=/"} <= set(response.headers["set-cookie"].split("; "))


async def test_a_session_planted_before_signing_in_is_not_taken_over(house: House) -> None:
    thief = await officer(house, "thief")
    victim = house.browser()
    await house.person("victim", (await house.sql("select id from member"))[0]["id"], "credit-officer")
    victim.http.cookies.set("xinshu-session", thief.cookie)
    victim.http.headers["x-csrf-token"] = csrf_token(thief.cookie)
    assert (await victim.password("victim")).status_code == 200
    values = [one.value for one in victim.http.cookies.jar if one.name == "xinshu-session"]
    assert csrf_token(values[-1]) == victim.http.headers["x-csrf-token"] and values[-1] != thief.cookie
    assert not await is_in(thief)  # the planted session has ended


async def test_every_sign_in_and_step_up_gives_a_new_id(house: House) -> None:
    await house.operator()
    browser = house.browser()
    seen = []
    for step in (browser.password("admin"), browser.password("admin"), browser.enrol()):
        await step
        seen.append(browser.cookie)
    assert len(set(seen)) == 3
    for old in seen[:-1]:
        with pytest.raises(SessionInvalidError):
            await house.accounts.sessions.authenticate(old, FROM, "GET", {})


async def test_sign_out(house: House) -> None:
    browser = await officer(house)
    cookie = browser.cookie
    answer = await browser.ask("DELETE", "/v1/session")
    assert answer.status_code == 204 and "xinshu-session" not in browser.http.cookies
    with pytest.raises(SessionInvalidError):
        await house.accounts.sessions.authenticate(cookie, FROM, "GET", {})


async def test_changes_need_the_sessions_token(house: House) -> None:
    browser, other = await officer(house), await officer(house, "other")
    good = browser.http.headers["x-csrf-token"]
    for given in ("", good[:-1], other.http.headers["x-csrf-token"], browser.cookie):
        answer = await browser.ask("DELETE", "/v1/session", **{"x-csrf-token": given})
        assert (answer.status_code, answer.json()["code"]) == (403, "csrf_refused")
    del browser.http.headers["x-csrf-token"]
    assert (await browser.ask("POST", "/v1/session/totp")).json()["code"] == "csrf_refused"
    with pytest.raises(CsrfError):
        await house.accounts.sessions.authenticate(browser.cookie, FROM, "post", {"x-csrf-token": "令牌"})
    log = await house.events("csrf_refused")
    assert len(log) == 6 and {line["principal"] for line in log} == {f"account:{browser.account}"}
    assert (await browser.get("/v1/session")).json()["csrf"] == good
    assert (await browser.ask("DELETE", "/v1/session")).status_code == 204


FOREIGN: tuple[dict[str, str], ...] = (
    {"origin": "https://evil.example"},
    {"origin": "null"},
    {"origin": ""},
    {"origin": "http://node.test.evil.example"},
    {"origin": ORIGIN + ":81"},
    {"sec-fetch-site": "cross-site"},
    {"sec-fetch-site": "same-site"},
    {"origin": ORIGIN, "sec-fetch-site": "cross-site"},
)


async def test_other_sites_pages_change_nothing(house: House) -> None:
    browser, stranger = await officer(house), house.browser()
    password = {"login": "officer", "password": "gravel-Lantern 42 pond"}
    public = {
        "/v1/session": password,
        "/v1/session/second-factor": {"challenge": "x", "code": "x"},
        "/v1/invitations/accept": {"token": "x", "password": "x"},
        "/v1/firm-accounts": {"code": "x", "name": "x", "citizen_no": "x", "telephone": "x", "login": "xxx"},
        "/v1/bootstrap": {"token": "x", "member_code": "x", "member_name": "x", "name": "x", **password},
    }
    for headers in FOREIGN:
        answer = await browser.ask("DELETE", "/v1/session", **headers)
        assert (answer.status_code, answer.json()["code"]) == (403, "cross_site_refused"), headers
        for path, body in public.items():
            answer = await stranger.ask("POST", path, body, **headers)
            assert (answer.status_code, answer.json()["code"]) == (403, "cross_site_refused"), (path, headers)
    assert await is_in(browser) and stranger.http.cookies.get("xinshu-session") is None


def test_under_tls_an_unencrypted_page_of_the_same_host_is_another_site() -> None:
    own, host = "https://platform.example", {"host": "platform.example"}
    for page in ("http://platform.example", "HTTP://platform.example", "ftp://platform.example", "platform.example"):
        with pytest.raises(CrossSiteError):
            refuse_cross_site("POST", host | {"origin": page}, own)
    refuse_cross_site("POST", host | {"origin": own}, own)
    refuse_cross_site("POST", {"host": "another.name", "origin": "https://another.name"}, own)


async def test_own_pages_change(house: House) -> None:
    browser = await officer(house)
    for headers in ({"origin": ORIGIN}, {"sec-fetch-site": "same-origin"}, {"sec-fetch-site": "none"}, {}):
        assert (await browser.ask("DELETE", "/v1/session", **headers)).status_code == 204, headers
        await browser.password("officer")


async def test_reading_needs_no_token_and_any_site_may_link(house: House) -> None:
    browser = await officer(house)
    del browser.http.headers["x-csrf-token"]
    answer = await browser.ask("GET", "/v1/session", **{"sec-fetch-site": "cross-site"})
    assert answer.status_code == 200


async def test_idle_sessions_end(house: House) -> None:
    browser = await officer(house)
    for _ in range(3):
        house.clock.advance(timedelta(minutes=29))
        assert await is_in(browser)
    house.clock.advance(timedelta(minutes=30))
    answer = await browser.get("/v1/session")
    assert (answer.status_code, answer.json()["code"]) == (401, "session_expired")
    assert (await browser.get("/v1/session")).json()["code"] == "session_invalid"
    assert await house.sql("select 1 from session") == []
    assert len(await house.events("session_expired")) == 1


async def test_sessions_end_after_twelve_hours_however_busy(house: House) -> None:
    browser = await officer(house)
    for _ in range(12 * 3 - 1):
        house.clock.advance(timedelta(minutes=20))
        assert await is_in(browser)
    house.clock.advance(timedelta(minutes=20))
    assert not await is_in(browser)


async def test_a_step_up_does_not_lengthen_the_session(house: House) -> None:
    await house.operator()
    browser = house.browser()
    end = (await browser.password("admin")).json()["expires_at"]
    house.clock.advance(timedelta(minutes=20))
    assert (await browser.enrol()).json()["session"]["expires_at"] == end


async def test_made_up_cookies(house: House) -> None:
    await officer(house)
    for cookie in ("", "x", "A" * 43, "A" * 44, "é" * 43, "' or 1=1 --", "\0" * 43, "A" * 5000):
        with pytest.raises(SessionInvalidError):
            await house.accounts.sessions.authenticate(cookie, FROM, "GET", {})


async def test_ones_own_sessions(house: House) -> None:
    one, two = await officer(house), house.browser()
    await two.password("officer")
    stranger = await officer(house, "stranger")
    listed = (await one.get("/v1/sessions")).json()["sessions"]
    assert len(listed) == 2 and [entry["current"] for entry in listed].count(True) == 1
    assert all(entry["address"] == ADDRESS and one.cookie not in str(entry) for entry in listed)
    other = next(entry["id"] for entry in listed if not entry["current"])
    refused = await stranger.ask("DELETE", f"/v1/sessions/{other}")
    assert (refused.status_code, refused.json()["code"]) == (404, "session_not_found")
    assert (await one.ask("DELETE", f"/v1/sessions/{other}")).status_code == 204
    assert not await is_in(two) and await is_in(one)
    assert (await one.ask("DELETE", "/v1/sessions/nonsense")).status_code == 422


async def test_a_closed_account_is_refused_at_once(house: House) -> None:
    browser = await officer(house)
    assert await is_in(browser)
    await house.accounts.staff.close(house.access("close"), browser.account)
    assert not await is_in(browser)


async def test_a_changed_standing_of_the_member_is_known_at_once(house: House) -> None:
    browser = await officer(house)
    sessions = house.accounts.sessions
    assert (await sessions.authenticate(browser.cookie, FROM, "GET", {})).member.state is MemberState.ONLINE  # type: ignore[union-attr]
    async with house.db.transaction() as conn:
        await conn.execute("update member set state = 'suspended'")
        await announce(conn, f"member:{(await house.sql('select id from member'))[0]['id']}")
    await heard(house)
    assert (await sessions.authenticate(browser.cookie, FROM, "GET", {})).member.state is MemberState.SUSPENDED  # type: ignore[union-attr]
    async with house.db.transaction() as conn:
        await conn.execute("update member set state = 'offboarded'")
        await announce(conn, "member:any")
    await heard(house)
    assert (await browser.get("/v1/session")).json()["details"]["reason"] == "member_left"


async def test_nothing_is_believed_from_memory_while_changes_are_not_heard(house: House) -> None:
    browser = await officer(house)
    assert await is_in(browser)
    await house.freshness.stop()
    await house.sql("delete from session")
    assert not await is_in(browser)


async def test_roles_that_do_not_fit_the_member_do_not_count(house: House) -> None:
    browser = await officer(house)
    await house.sql("update account set roles = '{operator-admin,credit-officer}'")
    principal = await house.accounts.sessions.authenticate(browser.cookie, FROM, "GET", {})
    assert principal.roles == {"operator-admin", "credit-officer"} - {"operator-admin"}
    assert principal.strength is Strength.PASSWORD and principal.member is not None


async def test_use_by_another_process_keeps_a_session_open(house: House) -> None:
    """The second process has looked at the session long ago; the first one was used since."""
    browser = await officer(house)
    async with open_house(house.settings, house.db, house.clock) as other:
        assert (await other.accounts.sessions.authenticate(browser.cookie, FROM, "GET", {})).name == "韩梅梅"
        for _ in range(2):
            house.clock.advance(timedelta(minutes=20))
            assert await is_in(browser)
        assert (await other.accounts.sessions.authenticate(browser.cookie, FROM, "GET", {})).name == "韩梅梅"
        cookie = browser.cookie
        await browser.ask("DELETE", "/v1/session")
        await heard(other)
        with pytest.raises(SessionInvalidError):
            await other.accounts.sessions.authenticate(cookie, FROM, "GET", {})
