"""The guard of routes: every route that is not public names the action and the resource it needs.

`Guards.may("read", "batch")` is a FastAPI dependency; it refuses callers whose roles cannot have the right at all and
hands on an `Access`, with which the route checks the thing itself (`check`) or limits a list (`scopes`).
"""

# Annotations are not postponed here: FastAPI resolves those of the dependencies.

from collections.abc import Callable
from typing import Any, ClassVar

import orjson
from starlette.requests import HTTPConnection

from xinshu.core.errors import XinshuError
from xinshu.members.model import ANONYMOUS, Caller, Principal, Resource
from xinshu.members.permissions.rules import Verdict, decide, scopes
from xinshu.members.permissions.table import Permissions


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


class Access:
    """A caller whose role may do `action` to some `kind`: now about the thing itself."""

    def __init__(self, table: Permissions, principal: Principal, action: str, kind: str, caller: Caller) -> None:
        self.principal = principal
        self.caller = caller
        self._table, self._action, self._kind = table, action, kind

    def verdict(self, **about: Any) -> Verdict:
        """The decision on one thing, given its attributes (member, item, division, subject, account)."""
        return decide(self._table, self.principal, self._action, Resource(self._kind, **about))

    def check(self, **about: Any) -> None:
        """Raises ForbiddenError when this thing is not within the caller's right."""
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
            verdict = decide(self.table, principal, action, Resource(kind), rows=False)
            if not verdict.allowed:
                raise ForbiddenError(verdict)
            return Access(self.table, principal, action, kind, caller_of(connection))

        admit.permission = (action, kind)  # type: ignore[attr-defined]  # read by the tests that walk all routes
        return admit


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
