"""What tests of batches, push and screening share: two banks, authorisations written straight into the database, and
web servers that behave and misbehave."""

from __future__ import annotations

import datetime as dt
import http.server
import ipaddress
import ssl
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import orjson
from collect_kit import Node, code_of
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from xinshu.inquiry.batches.service import InquiryBatches
from xinshu.inquiry.batches.work import BatchWork
from xinshu.inquiry.push.addresses import Reach
from xinshu.inquiry.push.changes import changed
from xinshu.inquiry.push.post import Poster
from xinshu.inquiry.push.service import PushService
from xinshu.inquiry.screening.service import ScreeningService
from xinshu.members import directory
from xinshu.members.model import Principal, Strength

sys.path.insert(0, str(Path(__file__).parents[2] / "docs" / "examples"))

import push_receiver

WEEK = timedelta(days=7)
LOOPBACK = Reach(loopback=True)


@dataclass
class Banks:
    """A node with two banks, and the services over it."""

    node: Node
    batches: InquiryBatches
    work: BatchWork
    screenings: ScreeningService
    push: PushService
    people: dict[str, Principal] = field(default_factory=dict)

    async def who(self, principal_id: str) -> Principal | None:
        """Somebody with the rights of today, as `Membership.principal_by_id`."""
        person = self.people.get(principal_id)
        if person is None or person.member_id is None:
            return None
        async with self.node.db.acquire() as conn:
            standing = await directory.standing(conn, person.member_id)
        return replace(person, member=standing.ref) if standing is not None else None

    async def person(self, role: str = "credit-officer", member: str = "m-own", number: int = 1) -> Principal:
        """A person of a bank."""
        async with self.node.db.acquire() as conn:
            standing = await directory.standing(conn, member)
        assert standing is not None
        who = Principal(
            f"account:00000000-0000-0000-0000-{number:012}", "张三", frozenset({role}), standing.ref, None,
            standing.members, standing.items, standing.regions, Strength.MULTI,
        )  # fmt: skip
        self.people[who.id] = who
        return who

    async def set_state(self, member: str, state: str) -> None:
        """Suspend a member, or put it online again."""
        await self.node.table("update member set state = $2 where id = $1", member, state)

    async def consent(self, serial: int, items: list[str], member: str = "m-own", **about: Any) -> UUID:
        """An authorisation in force of `firm(serial)`, for post-loan management unless told otherwise."""
        now = self.node.clock.now()
        given = {
            "purpose": "post_loan", "state": "active", "max_calls": None, "valid_to": now + timedelta(days=365),
        } | about  # fmt: skip
        consent = uuid4()
        await self.node.table(
            "insert into consent (id, subject_code, grantee, purpose, state, state_since, valid_from, valid_to, items, "
            "max_calls, answer_by, revision, digest, requested_by, requested_at, updated_at) "
            "values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $8, 1, '', 'test', $6, $6)",
            consent, code_of(serial), member, given["purpose"], given["state"], now, now - timedelta(days=1),
            given["valid_to"], orjson.dumps(dict.fromkeys(items)).decode(), given["max_calls"],
        )  # fmt: skip
        return consent

    async def revoke(self, consent: UUID, state: str = "revoked") -> None:
        """It is no longer in force."""
        await self.node.table("update consent set state = $2 where id = $1", consent, state)

    async def publish(self, rows: list[dict[str, Any]], item: str) -> None:
        """Publish rows and tell subscribers, as the node's publication does in its own transaction."""
        batch = await self.node.publish(rows, item)
        async with self.node.db.transaction() as conn:
            await changed(conn, item, batch.id, self.node.clock.now())


async def open_banks(node: Node, poster: Poster | None = None, per_day: int = 50, *, new: bool = True) -> Banks:
    """Two banks online at a node whose ledger runs; `new`: they are not there yet."""
    await node.start()
    now = node.clock.now()
    for number, name in enumerate(("m-own", "m-other") if new else ()):
        await node.table(
            "insert into member (id, code, name, kind, regions, state, state_since, created_by, created_at, "
            "updated_at) values ($1, $2, $1, 'bank', array[''], 'online', $3, 'test', $3, $3)",
            name, f"code{number}", now,
        )  # fmt: skip
    services, work = node.services, node.services.settings.home / "work"
    screenings = ScreeningService(node.db, node.clock, services.catalogue, services.ledger, per_day, WEEK)
    poster = poster or Poster(LOOPBACK, connect=1, whole=1.5)
    banks = Banks(
        node,
        InquiryBatches(node.db, node.clock, services.catalogue, services.ledger, node.collect._lake, work),
        None,  # type: ignore[arg-type]  # below: it asks who is who
        screenings,
        PushService.build(
            node.db, node.db, node.clock, services.catalogue, services.inquiry, services.ledger, screenings, poster
        ),
    )
    banks.work = BatchWork(
        node.db, node.clock, services.inquiry, services.table, node.collect._lake, work, banks.who, WEEK
    )
    return banks


# -- web servers ------------------------------------------------------------------------------------------------------

Behaviour = Callable[[http.server.BaseHTTPRequestHandler, bytes], None]


@dataclass
class Received:
    """A request that a web server got."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def told(self) -> dict[str, Any]:
        """What it says."""
        document: dict[str, Any] = orjson.loads(self.body)
        return document


@dataclass
class WebServer:
    """A web server on this machine; `behaviour` may be changed between requests."""

    url: str
    behaviour: Behaviour
    received: list[Received] = field(default_factory=list)
    names: list[str | None] = field(default_factory=list)  # asked for by SNI
    ended: threading.Event = field(default_factory=threading.Event)

    @property
    def events(self) -> list[Received]:
        """Requests other than challenges."""
        return [one for one in self.received if one.told["kind"] != "challenge"]


def respond(handler: http.server.BaseHTTPRequestHandler, status: int, body: bytes = b"{}", **headers: str) -> None:
    """An ordinary answer."""
    handler.send_response(status)
    for name, value in headers.items():
        handler.send_header(name, value)
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)


def echo(handler: http.server.BaseHTTPRequestHandler, body: bytes) -> None:
    """Takes everything, gives challenges back."""
    told = orjson.loads(body)
    respond(handler, 200, orjson.dumps({"challenge": told.get("challenge")}))


def status_of(status: int) -> Behaviour:
    """Always answers so."""
    return lambda handler, _: respond(handler, status)


@contextmanager
def web_server(behaviour: Behaviour = echo, context: ssl.SSLContext | None = None) -> Iterator[WebServer]:
    """A running server; over TLS with `context`."""
    kept: list[WebServer] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            kept[0].received.append(Received(self.path, dict(self.headers), body))
            try:
                kept[0].behaviour(self, body)
            except (BrokenPipeError, ConnectionResetError, ssl.SSLError):
                self.close_connection = True

        do_GET = do_POST

        def log_message(self, format: str, *args: Any) -> None:
            pass

    class Server(http.server.ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: Any, client_address: Any) -> None:
            pass

        def finish_request(self, request: Any, client_address: Any) -> None:
            if context is not None:
                request.settimeout(5)
                request = context.wrap_socket(request, server_side=True)
            try:
                super().finish_request(request, client_address)
            finally:
                if context is not None:
                    request.close()

    server = Server(("127.0.0.1", 0), Handler)
    scheme = "https" if context is not None else "http"
    kept.append(WebServer(f"{scheme}://localhost:{server.server_port}/push", behaviour))
    if context is not None:
        context.sni_callback = lambda _, name, __: kept[0].names.append(name)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield kept[0]
    kept[0].ended.set()
    server.shutdown()
    thread.join()
    server.server_close()


def hang(server: WebServer) -> Behaviour:
    """Takes the request and never answers."""
    return lambda *_: (server.ended.wait(30), None)[1]


def endless(handler: http.server.BaseHTTPRequestHandler, _: bytes) -> None:
    """Answers with 1 GB; gives up when nobody reads."""
    handler.send_response(200)
    handler.send_header("Content-Length", str(1024**3))
    handler.end_headers()
    piece = bytes(1 << 20)
    for _number in range(1024):
        handler.wfile.write(piece)


def certificate(name: str, folder: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """(server's context, a client's that believes in the certificate) for a host's name."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = dt.datetime.now(dt.UTC)
    try:
        alternative: x509.GeneralName = x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        alternative = x509.DNSName(name)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([alternative]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, SHA256())
    )
    path = folder / f"{name}.pem"
    path.write_bytes(
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()) + made.public_bytes(Encoding.PEM)
    )
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(path)
    client = ssl.create_default_context(cadata=made.public_bytes(Encoding.PEM).decode())
    return server, client


def verified(node: Node, request: Received) -> dict[str, Any]:
    """What was pushed, checked as the example in docs does."""
    public = node.services.ledger.public_key
    key = {"suite": public.suite, "public_key": public.to_pem().decode()}
    found: dict[str, Any] = push_receiver.checked(key, request.headers, request.body, node.clock.now().timestamp())
    return found


def lines_of(result: bytes) -> list[dict[str, Any]]:
    """JSON Lines."""
    return [orjson.loads(line) for line in result.splitlines()]
