"""How often anybody may ask: the counting, who is counted together, bad settings."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xinshu.core.settings import Settings
from xinshu.members.model import ANONYMOUS, Caller, MemberKind, MemberRef, MemberState, Principal
from xinshu.node.edge.limits import Limiter, Rate, RateError, RateLimitedError, Windows, network


class Watch:
    """Seconds that go forward when told."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def watch() -> Watch:
    return Watch()


def limiter(watch: Watch, **rates: str) -> Limiter:
    chosen = {"rate_member": "5/minute", "rate_caller": "3/minute", "rate_address": "4/minute"} | rates
    return Limiter(Settings(rate_sign_in="2/minute", **chosen), watch)  # type: ignore[arg-type]


HERE, THERE = Caller("192.0.2.1"), Caller("192.0.2.2")
BANK = MemberRef("m1", MemberKind.BANK, "银行", MemberState.ONLINE)
CLERK = Principal("account:1", "张三", member=BANK)
COLLEAGUE = Principal("account:2", "李四", member=BANK)
OWNER = Principal("account:3", "王五", subject="91320100748204660Q")


def admitted(limits: Limiter, who: Principal, where: Caller, path: str = "/v1/subjects", method: str = "GET") -> int:
    """How many of ten requests pass."""
    passed = 0
    for _ in range(10):
        try:
            limits.check(who, where, path, method)
            passed += 1
        except RateLimitedError:
            break
    return passed


def test_each_caller_then_the_whole_member(watch: Watch) -> None:
    limits = limiter(watch)
    assert admitted(limits, CLERK, HERE) == 3
    assert admitted(limits, COLLEAGUE, THERE) == 2  # of the five that the member has
    assert admitted(limits, OWNER, HERE) == 3
    watch.seconds += 120
    assert admitted(limits, CLERK, HERE) == 3


def test_addresses_of_those_not_signed_in(watch: Watch) -> None:
    limits = limiter(watch)
    assert admitted(limits, ANONYMOUS, HERE) == 4
    assert admitted(limits, ANONYMOUS, THERE) == 4
    assert admitted(limits, ANONYMOUS, Caller("2001:db8::1")) == 4
    assert admitted(limits, ANONYMOUS, Caller("2001:db8::ffff:2")) == 0  # the same /64
    assert admitted(limits, ANONYMOUS, Caller("2001:db8:0:1::1")) == 4
    assert admitted(limits, CLERK, HERE) == 3  # whoever is signed in does not suffer


@pytest.mark.parametrize(
    "path", ["/oauth/token", "/v1/session", "/v1/passkeys/sign-in", "/v1/applications", "/v1/invitations/x/accept"]
)
def test_signing_in_is_counted_strictly(watch: Watch, path: str) -> None:
    limits = limiter(watch)
    assert admitted(limits, ANONYMOUS, HERE, path, "POST") == 2
    assert admitted(limits, ANONYMOUS, HERE, path, "GET") == 4
    assert admitted(limits, ANONYMOUS, HERE, "/oauth/token", "POST") == 0  # one count for all these paths


def test_being_signed_in_does_not_help_guessing(watch: Watch) -> None:
    assert admitted(limiter(watch), CLERK, HERE, "/v1/session", "POST") == 2
    assert admitted(limiter(watch), CLERK, HERE, "/v1/invitations", "POST") == 3


def test_the_refusal_says_when_to_come_back(watch: Watch) -> None:
    limits = limiter(watch)
    admitted(limits, ANONYMOUS, HERE, "/oauth/token", "POST")
    with pytest.raises(RateLimitedError) as caught:
        limits.check(ANONYMOUS, HERE, "/oauth/token", "POST")
    error = caught.value
    assert (error.status, error.code) == (429, "rate_limited")
    wait = error.details["retry_after"]
    assert 1 <= wait <= 120 and f"{wait} 秒" in error.hint
    assert HERE.address not in str(error.as_dict())
    watch.seconds += wait
    limits.check(ANONYMOUS, HERE, "/oauth/token", "POST")


@settings(max_examples=200, deadline=None, derandomize=True, database=None)
@given(
    st.integers(1, 20),
    st.sampled_from((1, 60)),
    st.lists(st.floats(0, 3), min_size=1, max_size=150).map(lambda steps: [0.0, *steps]),
)
def test_no_window_lets_much_more_through(amount: int, seconds: int, steps: list[float]) -> None:
    """Never twice the amount in any stretch of one window; the wait that is named is enough and not for ever."""
    watch = Watch()
    windows, rate, times = Windows(watch), Rate(amount, seconds), []
    for step in steps:
        watch.seconds += step * seconds / amount
        wait = windows.take("k", rate)
        if wait == 0:
            times.append(watch.seconds)
        else:
            assert 0 < wait <= 2 * seconds
            later = Windows(lambda at=watch.seconds + wait + 1e-6: at)  # type: ignore[misc]
            later._counts = windows._counts.copy()
            assert later.take("k", rate) == 0
    for begin in times:
        assert sum(begin <= at < begin + seconds for at in times) < 2 * amount + 1
    per_aligned_window: dict[int, int] = {}
    for at in times:
        per_aligned_window[int(at // seconds)] = per_aligned_window.get(int(at // seconds), 0) + 1
    assert max(per_aligned_window.values()) <= amount


def test_memory_is_bounded(watch: Watch) -> None:
    windows = Windows(watch, keys_max=100)
    for number in range(1000):
        windows.take(f"k{number}", Rate(1, 60))
    assert len(windows) == 100
    assert windows.take("k999", Rate(1, 60)) > 0  # the latest are still known


@pytest.mark.parametrize(
    ("text", "amount", "seconds"),
    [("30/minute", 30, 60), (" 5 / second ", 5, 1), ("100000/HOUR", 100_000, 3600)],
)
def test_rates(text: str, amount: int, seconds: int) -> None:
    assert Rate.read("rate_member", text) == Rate(amount, seconds)


@pytest.mark.parametrize(
    "text", ["", "0/minute", "-1/minute", "30", "minute", "30/fortnight", "30/minute;1/second", "1e3/hour", "٣/minute"]
)
def test_rates_that_cannot_be_read(text: str) -> None:
    with pytest.raises(RateError) as caught:
        Limiter(Settings(rate_address=text))
    assert "rate_address" in caught.value.message and caught.value.hint


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("2001:db8::1", "20010db800000000::/64"),
        ("", ""),
        ("not an address", "not an address"),
    ],
)
def test_what_counts_as_one_address(address: str, counted: str) -> None:
    assert network(address) == counted
