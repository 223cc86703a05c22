"""The guard of routes: every route that is not public names the action and the resource it needs.

`Guards.may("read", "batch")` is a FastAPI dependency; it refuses callers whose roles cannot have the right at all and
hands on an `Access`, with which the route checks the thing itself (`check`) or limits a list (`scopes`).
"""

# Annotations are not postponed here: FastAPI resolves those of the dependencies.

from collections.abc import Callable, Hashable
from typing import Any, ClassVar, NamedTuple

import orjson
from starlette.requests import HTTPConnection

from xinshu.core.errors import XinshuError
from xinshu.members.model import ANONYMOUS, Caller, Principal, Resource
from xinshu.members.permissions.rules import Verdict, decide, scopes
from xinshu.members.permissions.table import Permissions

RIGHTS_MAX = 10_000


class UnauthorisedError(XinshuError):
    """Nobody is signed in, or what was shown does not prove who it is."""

    status: ClassVar[int] = 401
    code: ClassVar[str] = "unauthorised"


class ForbiddenError(XinshuError):
    """Signed in, but not allowed; `details` say which condition failed."""

    status: ClassVar[int] = 403
    code: ClassVar[str] = "forbidden"

    def __init__(self, verdict: Verdict, hint: str = "") -> None:
        super().__init__(verdict.words, hint=hint or "用“权限解释”查看原因,或联系本单位管理员", reason=verdict.code)


class Right(NamedTuple):
    """Whether a caller may do something to anything of a kind at all; `everywhere`: to whatever there is of it."""

    verdict: Verdict
    everywhere: bool


class Access:
    """A caller whose role may do `action` to some `kind`: now about the thing itself."""

    def __init__(
        self, table: Permissions, principal: Principal, action: str, kind: str, caller: Caller,
        everywhere: bool = False,
    ) -> None:  # fmt: skip
        self.principal = principal
        self.caller = caller
        self._table, self._action, self._kind = table, action, kind
        self._everywhere = everywhere

    def verdict(self, **about: Any) -> Verdict:
        """The decision on one thing, given its attributes (member, item, division, subject, account)."""
        return decide(self._table, self.principal, self._action, Resource(self._kind, **about))

    def check(self, **about: Any) -> None:
        """Raises ForbiddenError when this thing is not within the caller's right."""
        if self._everywhere:
            return
        verdict = self.verdict(**about)
        if not verdict.allowed:
            raise ForbiddenError(verdict)

    @property
    def scopes(self) -> str:
        """JSON for `xinshu_permitted`: what of a list the caller may see."""
        return orjson.dumps(scopes(self._table, self.principal, self._action, self._kind)).decode()


class Guards:
    """Makes the guards of routes from the permission table."""

    def __init__(self, table: Permissions) -> None:
        self.table = table
        self._rights: dict[Hashable, Right] = {}

    def may(self, action: str, kind: str) -> Callable[[HTTPConnection], Access]:
        """A dependency for a route that does `action` to `kind`. The names must be in the table."""
        if action not in self.table.resources[kind].actions:
            raise ValueError(f"the permission table has no action {action!r} on {kind!r}")

        def admit(connection: HTTPConnection) -> Access:
            principal = principal_of(connection)
            connection.state.permission = f"{kind}:{action}"
            if principal.is_anonymous:
                refusal: XinshuError | None = getattr(connection.state, "refusal", None)
                if refusal is not None:
                    raise refusal
                raise UnauthorisedError(
                    "没有登录或没有提供令牌", hint="先登录,或在请求头写 Authorization: Bearer <令牌>"
                )
            return self.admit(principal, caller_of(connection), action, kind)

        admit.permission = (action, kind)  # type: ignore[attr-defined]  # read by the tests that walk all routes
        return admit

    def admit(self, principal: Principal, caller: Caller, action: str, kind: str) -> Access:
        """What a guard does for whoever is signed in. Raises ForbiddenError."""
        right = self._right(principal, action, kind)
        if not right.verdict.allowed:
            raise ForbiddenError(right.verdict)
        return Access(self.table, principal, action, kind, caller, right.everywhere)

    def _right(self, who: Principal, action: str, kind: str) -> Right:
        """Worked out once for all of whom the table says the same: it asks nothing else of a caller."""
        state = who.member.state if who.member is not None else None
        limits = (who.items is None, who.regions is None)
        alike = (action, kind, who.roles, state, who.strength, who.sandbox, limits)
        found = self._rights.get(alike)
        if found is None:
            if len(self._rights) >= RIGHTS_MAX:
                self._rights.clear()
            verdict = decide(self.table, who, action, Resource(kind), rows=False)
            found = Right(verdict, verdict.allowed and {} in scopes(self.table, who, action, kind))
            self._rights[alike] = found
        return found


def principal_of(connection: HTTPConnection) -> Principal:
    """Who calls; the door has put it into the connection's state."""
    principal: Principal = getattr(connection.state, "principal", ANONYMOUS)
    return principal


def caller_of(connection: HTTPConnection) -> Caller:
    """From where the call comes."""
    caller: Caller | None = getattr(connection.state, "caller", None)
    if caller is None:
        client = connection.client
        caller = Caller(client.host if client is not None else "")
    return caller
