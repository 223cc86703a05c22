"""What is asked of a browser comes back once, in time, from that browser, for that purpose."""

from __future__ import annotations

from datetime import timedelta

import pytest
from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import Response

from xinshu.core.clock import FixedClock
from xinshu.core.settings import Settings
from xinshu.members.challenges import Browsers, ChallengeExpiredError, ChallengeInvalidError, issue, redeem
from xinshu.store import Database

MINUTE = timedelta(minutes=1)


def request(cookies: str = "") -> Request:
    return Request({"type": "http", "method": "GET", "path": "/", "headers": [(b"cookie", cookies.encode())]})


async def test_a_challenge_comes_back_once(db: Database, clock: FixedClock) -> None:
    async with db.acquire() as conn:
        asked = await issue(conn, clock.now(), "kind", "browser", MINUTE, colour="red", number=3)
        assert len(asked) == 32
        assert (await redeem(conn, clock.now(), "kind", asked, "browser")).payload == {"colour": "red", "number": 3}
        with pytest.raises(ChallengeInvalidError):
            await redeem(conn, clock.now(), "kind", asked, "browser")


async def test_a_challenge_of_another_kind_or_browser_or_time(db: Database, clock: FixedClock) -> None:
    async with db.acquire() as conn:
        asked = await issue(conn, clock.now(), "kind", "browser", MINUTE)
        with pytest.raises(ChallengeInvalidError):
            await redeem(conn, clock.now(), "other", asked, "browser")
        for wrong in (None, "", "another"):
            asked = await issue(conn, clock.now(), "kind", "browser", MINUTE)
            with pytest.raises(ChallengeInvalidError):
                await redeem(conn, clock.now(), "kind", asked, wrong)
            with pytest.raises(ChallengeInvalidError):  # used up by the wrong browser
                await redeem(conn, clock.now(), "kind", asked, "browser")
        asked = await issue(conn, clock.now(), "kind", "browser", MINUTE)
        clock.advance(MINUTE)
        with pytest.raises(ChallengeExpiredError):
            await redeem(conn, clock.now(), "kind", asked, "browser")
        with pytest.raises(ChallengeInvalidError):
            await redeem(conn, clock.now(), "kind", b"made up", "browser")


async def test_neither_challenge_nor_browser_is_kept_in_clear(db: Database, clock: FixedClock) -> None:
    async with db.acquire() as conn:
        asked = await issue(conn, clock.now(), "kind", "the-browser", MINUTE)
        row = await conn.fetchrow("select * from challenge")
    assert row["digest"] != asked
    assert "the-browser" not in row["payload"]


@pytest.mark.parametrize(
    ("origin", "cookie", "secure"),
    [("http://localhost:8848", "xinshu-browser", False), ("https://a.cn", "__Host-xinshu-browser", True)],
)
def test_a_browser_gets_a_name_and_keeps_it(origin: str, cookie: str, secure: bool) -> None:
    browsers, response = Browsers(origin), Response()
    name = browsers.name(request(), response)
    said = response.headers["set-cookie"]
    assert said.startswith(f"{cookie}={name};")
    assert ("Secure" in said) is secure
    assert "HttpOnly" in said
    assert "SameSite=lax" in said
    again = Response()
    assert browsers.name(request(f"{cookie}={name}"), again) == name
    assert f"{cookie}={name};" in again.headers["set-cookie"]  # kept for half a year from now
    assert "Max-Age=15552000" in said and "Max-Age=15552000" in again.headers["set-cookie"]
    for made_up in ("short", "x" * 44, "中" * 43):
        assert browsers.known(request(f"{cookie}={made_up}")) is None


@pytest.mark.parametrize(
    ("given", "origin"),
    [
        ("", "http://localhost:8848"),
        ("https://A.cn/", "https://a.cn"),
        ("https://a.cn:443", "https://a.cn"),
        ("http://a.cn:80", "http://a.cn"),
        ("https://a.cn:8443", "https://a.cn:8443"),
    ],
)
def test_the_origin_is_written_as_browsers_write_it(given: str, origin: str) -> None:
    assert Settings(public_url=given).origin == origin


@pytest.mark.parametrize(
    "given", ["a.cn", "https://a.cn/x", "https://a.cn?x", "ftp://a.cn", "https://u@a.cn", "https://"]
)
def test_an_address_that_is_no_origin_is_refused(given: str) -> None:
    with pytest.raises(ValidationError, match="public_url"):
        Settings(public_url=given)
