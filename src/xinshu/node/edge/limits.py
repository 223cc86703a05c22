"""How often anybody may ask: by caller and member, by address where nobody is signed in, strictly for signing in.

A key costs two counters: of this window, and of the one before weighted by how much of it still lies in the moving
window. The memory store of the library `limits` was measured and not taken: one entry a request (0.9 MB for a member
at 6000 a minute), keys without bound, a clock of its own, a new thread for each spell of requests (77 µs), and 0.2 s
to import.
"""

from __future__ import annotations

import math
import re
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv6Address, ip_address
from typing import ClassVar

from xinshu.core.errors import SettingError, XinshuError
from xinshu.core.settings import Settings
from xinshu.members.model import Caller, Principal

SIGN_IN = ("/v1/session", "/v1/passkeys", "/v1/sign-on", "/v1/bootstrap", "/oauth/token")
OPEN = ("/v1/applications", "/v1/firm-accounts", "/v1/invitations")
"""Written to without being signed in; strict for those who are not."""

SAFE = ("GET", "HEAD", "OPTIONS")
KEYS_MAX = 100_000


_SECONDS = {"second": 1, "minute": 60, "hour": 3600}
_RATE = re.compile(rf"([0-9]{{1,9}}) ?/ ?({'|'.join(_SECONDS)})")


class RateLimitedError(XinshuError):
    """Too many requests. `details["retry_after"]`: seconds to wait, for the header of that name."""

    status: ClassVar[int] = 429
    code: ClassVar[str] = "rate_limited"


class RateError(SettingError):
    """A rate cannot be read."""

    code: ClassVar[str] = "rate_invalid"


@dataclass(frozen=True)
class Rate:
    """So many requests in so many seconds."""

    amount: int
    seconds: int

    @classmethod
    def read(cls, name: str, text: str) -> Rate:
        """From the setting `name`, as `30/minute`. Raises RateError."""
        found = _RATE.fullmatch(text.strip().lower())
        if found is None or int(found[1]) == 0:
            raise RateError(f"设置 {name} 的频率“{text}”无法理解", hint="写作 30/minute;单位可为 second、minute、hour")
        return cls(int(found[1]), _SECONDS[found[2]])


class Windows:
    """Counts of a moving window for each key. `now`: seconds that only go forward."""

    def __init__(self, now: Callable[[], float], keys_max: int = KEYS_MAX) -> None:
        self._now = now
        self._keys_max = keys_max
        self._counts: OrderedDict[str, tuple[int, int, int]] = (
            OrderedDict()
        )  # window, requests in it, in the one before

    def take(self, key: str, rate: Rate) -> float:
        """Count one request. 0.0: admitted; else the seconds after which one will be, and nothing is counted."""
        window, into = divmod(self._now(), rate.seconds)
        past = into / rate.seconds
        number = int(window)
        last, current, before = self._counts.get(key, (number, 0, 0))
        if last != number:
            current, before = 0, current if last == number - 1 else 0
        if before * (1 - past) + current + 1 > rate.amount:
            return _wait(rate, past, current, before)
        self._counts[key] = (number, current + 1, before)
        self._counts.move_to_end(key)
        if len(self._counts) > self._keys_max:
            self._counts.popitem(last=False)
        return 0.0

    def __len__(self) -> int:
        return len(self._counts)


def _wait(rate: Rate, past: float, current: int, before: int) -> float:
    room = rate.amount - 1
    if current <= room:
        return (1 - (room - current) / before - past) * rate.seconds
    return (1 - past + 1 - room / current) * rate.seconds


class Limiter:
    """The limits of a node, in this process. Raises RateError for a setting that cannot be read."""

    def __init__(self, settings: Settings, now: Callable[[], float] = time.monotonic) -> None:
        self._windows = Windows(now)
        self._member = Rate.read("rate_member", settings.rate_member)
        self._caller = Rate.read("rate_caller", settings.rate_caller)
        self._address = Rate.read("rate_address", settings.rate_address)
        self._sign_in = Rate.read("rate_sign_in", settings.rate_sign_in)

    def check(self, principal: Principal, caller: Caller, path: str, method: str) -> None:
        """Count a request: once, after it is known who asks; ANONYMOUS for a proof that does not hold.

        Raises RateLimitedError.
        """
        strict = path.startswith(SIGN_IN) or (principal.is_anonymous and path.startswith(OPEN))
        if strict and method not in SAFE:
            self._take("s", network(caller.address), self._sign_in, "登录、注册或取令牌")
        elif principal.is_anonymous:
            self._take("a", network(caller.address), self._address, "未登录的请求")
        else:
            self._take("c", principal.id, self._caller, "本账户或系统的请求")
            whole = principal.member_id or principal.subject
            if whole is not None:
                self._take("m", whole, self._member, "本单位的请求")

    def _take(self, kind: str, key: str, rate: Rate, what: str) -> None:
        wait = self._windows.take(f"{kind}{key}", rate)
        if wait > 0:
            seconds = math.ceil(wait)
            raise RateLimitedError(
                f"{what}过于频繁(上限 {rate.seconds} 秒 {rate.amount} 次)",
                hint=f"{seconds} 秒后再试",
                retry_after=seconds,
            )


@lru_cache(maxsize=10_000)
def network(address: str) -> str:
    """What counts as one address: IPv6 by its /64, which one customer has to itself."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    return f"{int(parsed) >> 64:x}::/64" if isinstance(parsed, IPv6Address) else address
