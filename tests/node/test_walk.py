"""Every route with every role: what the permission table gives is let in, everything else is refused with a reason."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from collect_kit import BASE, Node
from fastapi import FastAPI
from starlette.types import Receive, Scope, Send

from xinshu.core.settings import packaged_definitions
from xinshu.members.model import ANONYMOUS, Caller, MemberKind, MemberRef, MemberState, Principal, Strength
from xinshu.members.permissions import Permissions
from xinshu.node.app import build_app
from xinshu.node.openapi import operations

# Routes for everybody. Whoever adds one says here why nobody need be signed in.
PUBLIC = {
    ("GET", "/docs"): "the description of the API is public",
    ("GET", "/docs/oauth2-redirect"): "the description of the API is public",
    ("GET", "/healthz"): "is it alive",
    ("GET", "/readyz"): "is it ready",
    ("GET", "/metrics"): "for the operator's Prometheus: only from the networks of `metrics_networks`",
    ("GET", "/v1/catalogue"): "the catalogue is public",
    ("GET", "/v1/catalogue/{item}"): "the catalogue is public",
    ("GET", "/v1/catalogue/{item}/versions"): "the catalogue is public",
    ("GET", "/v1/catalogue/{item}/differences"): "the catalogue is public",
    ("GET", "/v1/catalogue/{item}/schema"): "the catalogue is public",
    ("GET", "/v1/catalogue/{item}/template"): "the catalogue is public",
    ("POST", "/v1/applications"): "whoever wants to take part applies",
    ("GET", "/v1/onboarding/{kind}"): "what is asked of applicants",
    ("GET", "/v1/agreements"): "what applicants will have to sign",
    ("GET", "/v1/agreements/{agreement}/{version}"): "what applicants will have to sign",
    ("POST", "/v1/session"): "signing in",
    ("POST", "/v1/session/second-factor"): "signing in",
    ("POST", "/v1/invitations/accept"): "the invitation is the proof",
    ("POST", "/v1/firm-accounts"): "firms sign up themselves",
    ("POST", "/v1/bootstrap"): "the bootstrap token is the proof",
    ("POST", "/v1/passkeys/sign-in/options"): "signing in",
    ("POST", "/v1/passkeys/sign-in"): "signing in",
    ("POST", "/v1/passkeys/invited/options"): "the invitation is the proof",
    ("POST", "/v1/passkeys/invited"): "the invitation is the proof",
    ("GET", "/v1/sign-on"): "signing in",
    ("GET", "/v1/sign-on/{provider}/start"): "signing in",
    ("POST", "/v1/sign-on/{provider}/invited"): "the invitation is the proof",
    ("GET", "/v1/sign-on/{provider}/callback"): "signing in",
    ("POST", "/oauth/token"): "the assertion is the proof",
    ("GET", "/oauth/jwks"): "public keys",
    ("GET", "/.well-known/oauth-authorization-server"): "where the token endpoint is",
    ("GET", "/v1/ledger/checkpoint"): "anybody may keep and compare checkpoints",
    ("GET", "/v1/ledger/checkpoints"): "anybody may keep and compare checkpoints",
    ("GET", "/v1/ledger/head"): "how many leaves there are",
    ("GET", "/v1/ledger/key"): "public key",
    ("GET", "/v1/ledger/proofs/inclusion"): "hashes only",
    ("GET", "/v1/ledger/proofs/consistency"): "hashes only",
    ("POST", "/v1/ledger/verify"): "anybody may have a receipt verified",
    ("GET", "/v1/public/reports/{check_code}"): "whoever holds a report verifies it by the code on it",
    ("POST", "/v1/public/reports/verify"): "whoever holds a report verifies it by its file",
    ("GET", "/v1/public/report-certificate"): "signatures on reports are checked with it",
    ("POST", "/v1/public/verify"): "anybody may have a receipt verified; a code tells kind and day only",
    ("GET", "/v1/schemas/report/1"): "the form of a report is public",
    ("GET", "/v1/public/figures"): "counts only, small ones withheld, from memory",
    ("GET", "/v1/public/members"): "names of members online, as every platform publishes them",
    ("GET", "/v1/public/modules"): "which modules are on and why; counts only, small ones withheld, from memory",
    ("GET", "/v1/public/statistics"): "counts only, small ones withheld, from memory",
}


class Walker:
    """The application without its door: the test says who calls."""

    def __init__(self, app: FastAPI) -> None:
        self.app = app
        self.principal = ANONYMOUS

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        scope["state"] = {"principal": self.principal, "caller": Caller("127.0.0.1"), "refusal": None}
        await self.app(scope, receive, send)


def principals(table: Permissions) -> Iterator[tuple[str, Principal]]:
    """One caller for each role."""
    for name, role in table.roles.items():
        who = f"account:00000000-0000-0000-0000-{len(name):012}" if role.who == "person" else f"client:{name}"
        strength = Strength.MULTI if role.who == "person" else Strength.KEY
        if role.of == ("firm",):
            yield name, Principal(who, name, frozenset({name}), subject="91320100MA1XXXXX0X", strength=strength)
            continue
        ref = MemberRef(f"m{name}", MemberKind(role.of[0]), name, MemberState.ONLINE)
        yield name, Principal(who, name, frozenset({name}), ref, members=(ref.id,), strength=strength)


def concrete(path: str) -> str:
    """The path with something in the place of each parameter."""
    return re.sub(r"\{[^}]+\}", "1", path)


@pytest.fixture
async def walker(node: Node) -> Walker:
    """The node's application."""
    await node.app()
    return Walker(build_app(node.services))


async def call(client: httpx.AsyncClient, method: str, path: str) -> tuple[int, Any]:
    """Status and body of a request with nothing in it."""
    content = b"{}" if method in ("POST", "PUT", "PATCH") else None
    headers = {"Content-Type": "application/json"}
    answer = await client.request(method, concrete(path), content=content, headers=headers)
    is_json = answer.content != b"" and answer.headers.get("content-type", "").startswith("application/json")
    return answer.status_code, _object(answer) if is_json else {}


def _object(answer: httpx.Response) -> Any:
    body = answer.json()
    return body if isinstance(body, dict) else {}


async def test_a_route_is_public_or_has_a_guard(walker: Walker) -> None:
    guarded = {(one.method, one.path) for one in operations(walker.app) if one.permission is not None}
    public = {(one.method, one.path) for one in operations(walker.app) if one.permission is None}
    assert sorted(public - set(PUBLIC)) == []
    assert sorted(set(PUBLIC) - public) == []
    assert len(guarded) >= 60


async def test_every_route_with_every_role(walker: Walker) -> None:
    table = Permissions.load(packaged_definitions())
    callers = [("nobody", ANONYMOUS), *principals(table)]
    walked = 0
    transport = httpx.ASGITransport(walker, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url=BASE) as client:
        for one in operations(walker.app):
            if one.permission is None:
                continue
            needed = one.permission
            for role, principal in callers:
                walker.principal = principal
                status, body = await call(client, one.method, one.path)
                walked += 1
                where = f"{role} {one.method} {one.path}: {status} {body}"
                assert status != 500, where
                if principal.is_anonymous:
                    assert (status, body["code"]) == (401, "unauthorised"), where
                elif role not in table.holders(*needed):
                    assert status == 403, where
                    assert body["details"]["reason"] == "role_lacks_right", where
                    assert body["hint"], where
                else:
                    assert body.get("details", {}).get("reason") != "role_lacks_right", where
    assert walked >= 1200, walked


async def test_members_that_are_not_online_do_nothing_but_join_and_leave(walker: Walker) -> None:
    table = Permissions.load(packaged_definitions())
    transport = httpx.ASGITransport(walker, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url=BASE) as client:
        for role, online in principals(table):
            if online.member is None:
                continue
            away = MemberRef(online.member.id, online.member.kind, role, MemberState.SUSPENDED)
            walker.principal = Principal(
                online.id, role, online.roles, away, members=online.members, strength=online.strength
            )
            for one in operations(walker.app):
                needed = one.permission
                if needed is None or role not in table.holders(*needed):
                    continue
                any_state = any(grant.any_state for grant in table.grants_for(online.roles, *needed))
                status, body = await call(client, one.method, one.path)
                refused = body.get("details", {}).get("reason") == "member_not_online"
                assert refused == (not any_state), (role, one.method, one.path, status, body)
