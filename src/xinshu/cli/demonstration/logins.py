"""The demo's logins: made at random, kept in one file for the owner alone, used again by the next run."""

from __future__ import annotations

import asyncio
import os
import secrets
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import orjson
import pyotp

from xinshu.core.clock import Clock
from xinshu.core.errors import SettingError
from xinshu.members.accounts.totp import DRIFT, STEP

FILE = "demo-accounts.json"
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


@dataclass
class Login:
    """A person of the demo. `totp`: the secret of its one-time codes, once set up; `step`: of the last code used;
    `recovery`: codes of which each serves once."""

    login: str
    name: str
    role: str
    password: str
    totp: str | None = None
    step: int = 0
    recovery: list[str] = field(default_factory=list)


@dataclass
class Logins:
    """All persons, and what else the next run must find again. Every change is written at once."""

    path: Path
    clock: Clock
    people: dict[str, Login] = field(default_factory=dict)
    firm: str = ""  # code of the firm whose owner takes part

    @classmethod
    def load(cls, home: Path, clock: Clock) -> Logins:
        """Those of an earlier run, if any. Raises SettingError for a file that is not ours."""
        path = home / FILE
        try:
            kept = orjson.loads(path.read_bytes())
            return cls(path, clock, {one["login"]: Login(**one) for one in kept["people"]}, kept["firm"])
        except FileNotFoundError:
            return cls(path, clock)
        except (OSError, ValueError, KeyError, TypeError):
            raise SettingError(f"演示账户文件 {path} 无法读取", hint="换一个空的数据目录(XINSHU_HOME)再演示") from None

    def get(self, login: str, name: str, role: str) -> Login:
        """A person, with a new password where it is new."""
        if login not in self.people:
            self.people[login] = Login(login, name, role, new_password())
            self.save()
        return self.people[login]

    async def one_time(self, about: Login) -> str:
        """A code that has not served yet: of this half minute or of the next; waits where both have."""
        assert about.totp is not None  # noqa: S101  (asked for once it is set up)
        step, wait = self._next(about)
        await asyncio.sleep(wait)
        about.step = step
        self.save()
        return pyotp.TOTP(about.totp).generate_otp(step)

    async def proof(self, about: Login) -> str:
        """A one-time code or, where one would have to be waited for, a recovery code."""
        if self._next(about)[1] == 0 or not about.recovery:
            return await self.one_time(about)
        code = about.recovery.pop()
        self.save()
        return code

    def _next(self, about: Login) -> tuple[int, float]:
        """The next step of which the code has not served, and for how many seconds it is too early."""
        now = self.clock.now().timestamp()
        step = max(int(now) // STEP, about.step + 1)
        return step, max(0.0, (step - DRIFT) * STEP - now)

    def save(self) -> None:
        """Write the file anew, readable by its owner only; a crash leaves the old one."""
        said: dict[str, Any] = {"people": [asdict(one) for one in self.people.values()], "firm": self.firm}
        partial = self.path.with_suffix(".new")
        partial.unlink(missing_ok=True)
        descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as handle:
            handle.write(orjson.dumps(said, option=orjson.OPT_INDENT_2) + b"\n")
            handle.flush()
            os.fsync(handle.fileno())
        partial.replace(self.path)


def new_password() -> str:
    """79 bits, in four groups that can be typed."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(4))
