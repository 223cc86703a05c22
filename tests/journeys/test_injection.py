"""Every string that any operation of the API takes, replaced by what attackers write there, one at a time.

What is sent besides is sound, so that the strange text gets as far as it can: through the door, past the guard, into
queries, files and answers.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator, Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from collect_kit import BASE, code_of, csv_of, firm
from whole_kit import Whole, whole_node

from xinshu.members.model import MemberKind
from xinshu.store import embedded

SQL = "' or 1=1 --<script>alert(1)</script>{{7*7}}"
STRANGE = {
    "sql": SQL,
    "path": "../../../../../../etc/passwd%00.pdf",
    "nul": "a\0b",
    "long": "x" * 20_000,
    "scripts": "👨‍👩‍👧‍👦\u202eمرحبا\u2066gnp.exe",
    "half a character": "\ud800",
}
LEAKS = re.compile(
    r"Traceback|File \"|site-packages|\.py\b|asyncpg|psycopg|duckdb|pgqueuer|sqlstate|syntax error|"
    r"(?i:\bselect\b.+\bfrom\b|\binsert into\b|\bupdate\b.+\bset\b|relation \"|column \"|root:x:|/tmp/)"
)
AT_ONCE = 6  # operations


@dataclass
class Place:
    """One string of one operation. `path`: the way to it in the body; for parameters their place and name."""

    method: str
    route: str
    where: str  # path, query, header, body
    name: tuple[str | int, ...]
    roles: tuple[str, ...] | None  # None: public
    parameters: dict[str, dict[str, str]] = field(default_factory=dict)  # place → name → sound value
    body: Any = None
    form: bool = False
    file: bool = False

    def __str__(self) -> str:
        return f"{self.method} {self.route} {self.where} {'.'.join(map(str, self.name))}"


class Description:
    """The OpenAPI document, and sound values for what it asks."""

    def __init__(self, document: dict[str, Any], known: dict[str, Any]) -> None:
        self._document = document
        self._known = known

    def places(self) -> Iterator[Place]:
        """Every string of every operation."""
        for route, operations in self._document["paths"].items():
            for method, operation in operations.items():
                yield from self._of_operation(method.upper(), route, operation)

    def _of_operation(self, method: str, route: str, operation: dict[str, Any]) -> Iterator[Place]:
        roles = tuple(operation["x-roles"]) if "x-roles" in operation else None
        asked: dict[str, dict[str, str]] = {"path": {}, "query": {}, "header": {}}
        strings: list[tuple[str, str]] = []
        for parameter in operation.get("parameters", []):
            schema = self._plain(parameter["schema"])
            if parameter["in"] not in asked:
                continue
            if parameter.get("required", False):
                asked[parameter["in"]][parameter["name"]] = str(self._sound(parameter["name"], schema))
            if schema.get("type") == "string":
                strings.append((parameter["in"], parameter["name"]))
        content = operation.get("requestBody", {}).get("content", {})
        kind = next(iter(content), "")
        form, file = kind.endswith("form-urlencoded"), kind == "application/octet-stream"
        body = self._sound("", self._plain(content[kind]["schema"])) if content and not file else None
        for where, name in strings:
            yield Place(method, route, where, (name,), roles, asked, body, form, file)
        for way in _strings(body):
            yield Place(method, route, "body", way, roles, asked, body, form, file)

    def _plain(self, schema: dict[str, Any]) -> dict[str, Any]:
        """Without references and without the choice of nothing."""
        if "$ref" in schema:
            return self._plain(self._document["components"]["schemas"][schema["$ref"].rpartition("/")[2]])
        for choice in schema.get("anyOf", []) + schema.get("oneOf", []):
            if choice.get("type") != "null":
                return self._plain({**{k: v for k, v in schema.items() if k not in ("anyOf", "oneOf")}, **choice})
        return schema

    def _sound(self, name: str, schema: dict[str, Any]) -> Any:
        schema = self._plain(schema)
        if name in self._known:
            return self._known[name]
        if "enum" in schema or "const" in schema:
            return schema.get("const", schema.get("enum", [None])[0])
        match schema.get("type"):
            case "object":
                return {one: self._sound(one, inner) for one, inner in schema.get("properties", {}).items()}
            case "array":
                return [self._sound(name, schema.get("items", {}))]
            case "integer" | "number":
                return max(1, schema.get("minimum", 1))
            case "boolean":
                return False
        form = {"date": "2026-06-01", "date-time": "2026-06-01T10:00:00+08:00"}
        return form.get(schema.get("format", ""), "x" * schema.get("minLength", 1))


def _strings(body: Any, way: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """The ways to all strings in a body."""
    if isinstance(body, str):
        yield way
    elif isinstance(body, dict):
        for name, inner in body.items():
            yield from _strings(inner, (*way, name))
    elif isinstance(body, list):
        for number, inner in enumerate(body):
            yield from _strings(inner, (*way, number))


def replaced(body: Any, way: tuple[str | int, ...], text: str) -> Any:
    """A copy of the body with one string replaced."""
    if not way:
        return text
    copy = deepcopy(body)
    inner = copy
    for step in way[:-1]:
        inner = inner[step]
    inner[way[-1]] = text
    return copy


@dataclass
class World:
    """A node with one of everything, and those who have the right to ask."""

    whole: Whole
    anybody: httpx.AsyncClient
    seats: dict[str, tuple[frozenset[str], httpx.AsyncClient]]
    description: Description
    secrets: list[str]

    def callers(self, place: Place) -> list[httpx.AsyncClient]:
        """Who has the right; where something is looked at, one of the operator and one of somebody else."""
        if place.roles is None:
            return [self.anybody]
        found = [(name, seat) for name, (own, seat) in self.seats.items() if own & set(place.roles)]
        chosen = {name == "operator": seat for name, seat in reversed(found)}
        return list(chosen.values()) if place.method == "GET" else [found[0][1]]


@pytest.fixture(scope="module")
async def world(server: embedded.EmbeddedServer, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    """Filled once."""
    async with whole_node(server, "injection", tmp_path_factory.mktemp("injection")) as whole:
        yield await _filled(whole)


async def _filled(whole: Whole) -> World:
    await whole.node.publish([firm(1), firm(2)])
    bank, provider = await whole.member("mbank", MemberKind.BANK), await whole.member("mgives", MemberKind.PROVIDER)
    await whole.member("mvictim", MemberKind.BANK)
    target = await whole.account("credit-officer", member="mvictim")
    client = await whole.client(bank, "institution-system")
    persons = {
        "operator": (("operator-admin", "operator-onboarding", "operator-data", "operator-security", "operator-audit"),
                     {"member": "moperator"}),
        "bank": (("member-admin", "credit-officer"), {"member": "mbank"}),
        "provider": (("member-admin", "data-officer"), {"member": "mgives"}),
        "firm": (("firm-legal-representative",), {"subject": firm(1)["uscc"]}),
    }  # fmt: skip
    seats = {name: (frozenset(roles), await whole.seat(*roles, **place)) for name, (roles, place) in persons.items()}
    for member, role in ((bank, "institution-system"), (provider, "provider-system")):
        seats[role] = (frozenset({role}), await whole.system(member, role))
    anybody = whole.browser()
    document = (await anybody.get("/openapi.json")).json()
    known: dict[str, Any] = {
        "code": firm(1)["uscc"], "subject": firm(1)["uscc"], "member_id": "mvictim", "member": "mvictim",
        "account": str(target), "client_id": client.id, "kid": whole.keys[client.id].thumbprint(), "item": "1",
        "items": ["1"], "provider": "samr", "agreement": "platform-access", "version": "2026.1", "kind": "bank",
        "jwk": {"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA", "kid": "k", "use": "sig"}, "rows": [firm(3)],
        "regions": ["32"], "phone": "025-88886666", "email": "a@example.cn", "login": "some.one", "valid_to": None,
        "roles": ["credit-officer"], "scope": ["firm-delegate"], "text_sha256": "0" * 64, "session": "0" * 32,
        "grant_type": "client_credentials", "purpose": "pre_loan", "mapping": None, "item_version": None,
        "data_date": "2026-06-01", "mode": "incremental", "parent": "mbank", "provider_code": None,
        "member_code": code_of(77), "password": "gravel-Lantern 42 pond", "citizen_no": "11010519491231002X",
    }  # fmt: skip
    settings = whole.services.settings
    keys = [file.read_text().rpartition(":")[2].strip() for file in (settings.home / "keys").iterdir()]
    cookies = [next(iter(seat.cookies.values()), "") for _, seat in seats.values()]
    secrets = [secret for secret in (*keys, *cookies, str(settings.home)) if secret]
    return World(whole, anybody, seats, Description(document, known), secrets)


async def send(place: Place, caller: httpx.AsyncClient, text: str) -> httpx.Response | None:
    """The request; None where no client could write it."""
    parameters = deepcopy(place.parameters)
    body = place.body
    if place.where == "body":
        body = replaced(body, place.name, text)
    else:
        parameters[place.where][str(place.name[0])] = text
    content: bytes | None = None
    headers = {"Content-Type": "application/json", **parameters["header"]}
    try:
        path = place.route.format_map({name: quote(value, safe="") for name, value in parameters["path"].items()})
        query = "&".join(f"{quote(name)}={quote(value, safe='')}" for name, value in parameters["query"].items())
        if place.form:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            content = "&".join(f"{name}={quote(str(value), safe='')}" for name, value in body.items()).encode()
        elif place.file:
            headers["Content-Type"] = "application/octet-stream"
            content = csv_of([firm(4)])
        elif body is not None:
            content = json.dumps(body).encode()
        sent = [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]
        if any(byte in value for _, value in sent for byte in (b"\0", b"\r", b"\n")):
            return None  # no server hands such headers on
    except UnicodeEncodeError:
        return None
    url = f"{path}?{query}" if query else path
    return await caller.request(place.method, url, content=content, headers=sent)


def faults(world: World, place: Place, text: str, answer: httpx.Response) -> list[str]:
    """What is wrong with an answer."""
    shown = answer.text
    for written in (
        text,
        json.dumps(text)[1:-1],
        json.dumps(text, ensure_ascii=False)[1:-1],
        quote(text, errors="surrogatepass"),
    ):
        shown = shown.replace(written, "")
    found = []
    if answer.status_code >= 500:
        found.append(f"status {answer.status_code}: {answer.text[:300]}")
    if (leak := LEAKS.search(shown)) and answer.status_code >= 400:
        found.append(f"leaks {leak[0]!r}: {shown[max(0, leak.start() - 100) : leak.end() + 100]}")
    if any(secret in answer.text for secret in world.secrets):
        found.append("a secret")
    if answer.headers["content-type"].startswith("text/html") and "<script>alert" in answer.text:
        found.append("markup in a page")
    location = answer.headers.get("location", BASE)
    if not location.startswith((BASE, "/")) or location.startswith(("//", "/\\")):
        found.append(f"leads to {location[:80]}")
    if (
        text == SQL
        and answer.status_code == 200
        and place.where == "query"
        and answer.headers["content-type"] == "application/json"
    ):
        body = answer.json()
        total = body.get("total", 0) if isinstance(body, dict) else len(body)
        if total > 0:
            found.append(f"{total} rows found")
    return found


async def test_no_string_does_harm(world: World) -> None:
    """No answer is an error of our own, shows code, SQL or secrets, or gives what the filter does not match."""
    by_operation: dict[str, list[Place]] = {}
    for place in world.description.places():
        by_operation.setdefault(f"{place.method} {place.route}", []).append(place)
    tables = "select count(*) as n from information_schema.tables where table_schema = 'public'"
    before = await world.whole.node.table(tables)
    found: list[str] = []
    answered: dict[int, int] = {}
    places = 0
    room = asyncio.Semaphore(AT_ONCE)

    async def walk(operation: list[Place]) -> None:
        nonlocal places
        async with room:
            for place in operation:
                places += 1
                for name, text in STRANGE.items():
                    for caller in world.callers(place):
                        answer = await send(place, caller, text)
                        if caller is world.anybody:
                            caller.cookies.clear()
                        if answer is None:
                            continue
                        answered[answer.status_code] = answered.get(answer.status_code, 0) + 1
                        found.extend(f"{place} ({name}): {fault}" for fault in faults(world, place, text, answer))

    await asyncio.gather(*(walk(operation) for operation in by_operation.values()))
    assert found == [], "\n".join(sorted({one[:300] for one in found}))
    assert places >= 200 and sum(answered.values()) >= 2000, (places, answered)
    assert answered[200] > 100 and answered[422] > 100, answered
    assert 401 not in answered or answered[401] < 0.1 * sum(answered.values()), answered  # the callers were let in
    assert await world.whole.node.table(tables) == before
