"""Inquiries of eight items with all that belongs to them: `python bench/inquiry.py [SUBJECTS] [--seconds N]`.

The node answers POST /v1/inquiries behind its door: token, rate limit, permission, consent, gate, masks, durable
evidence. Beside it a bare Starlette application, on the same kind of server (uvicorn, httptools, uvloop), answers a
primary-key look-up by asyncpg with the same bytes. Each runs in a process of its own; the load comes from a third, to
both in turn, a second each, so that what else the machine does burdens both alike. Prints throughput, p50 and p99 at 1,
16 and 64 clients and the processor time (user and system) of the application for each request. Last `ratio: N.NN`: that
time of an inquiry ÷ that of the bare look-up, at 16 clients; aimed at is 1.5, 2 at most.

With `--revocations N` also: while 16 clients ask, N authorisations are revoked in the database by another process than
the one that answers; printed is how long after the commit a question is refused, and how many were still given.

The invented subjects (default one million) are made once and kept in $XINSHU_BENCH_HOME or ~/.cache/xinshu-bench.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import itertools
import os
import random
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import orjson
import uvicorn
import uvloop
from machine import describe, ratio
from pydantic import SecretStr

from xinshu.core.clock import SystemClock
from xinshu.core.identifiers import make_uscc
from xinshu.core.settings import Settings
from xinshu.store import Database

CLIENTS = (1, 16, 64)
ITEMS = ("1", "5", "7", "8", "17", "18", "23", "28")  # four open, four that need the firm's authorisation
ASKED = 20_000  # subjects that the load asks about
FILLER = "x" * 24
DOCUMENT = (
    '[{"data":{"uscc":"' + "9" * 18 + '","subject_name":"虚构科技有限公司","amount":"128600.00","period":"2026-05",'
    f'"authority":"示例市税务局","note":"{FILLER}","basis":"示例依据第五十四条","content":"示例内容","status":"1"}},'
    '"origin":{"provider":"tax","platform":"320000","batch":1,"first_seen":"2026-06-01T02:00:00Z"},'
    '"valid_from":"2026-05-01","valid_to":null,"state":"current"}]'
)
PURPOSE = "pre_loan"


def settings_of(home: Path, dsn: str | None = None, port: int = 8848) -> Settings:
    """Settings of the node under test: nothing is limited that would only limit the load."""
    return Settings(
        home=home,
        database_url=SecretStr(dsn) if dsn else None,
        port=port,
        rate_member="100000000/minute",
        rate_caller="100000000/minute",
        workers=0,
        public_url="http://localhost:8848",
        token_seconds=3600,
    )


def code_of(number: int) -> str:
    """Code of an invented subject."""
    return make_uscc("9", "1", "320111", number)


async def prepare(db: Database, count: int) -> None:
    """Subjects with a document for each item, a bank with a client, authorisations of those that are asked about."""
    async with db.acquire() as conn:
        have = await conn.fetchval("select count(*) from subject where name like '虚构%'")
        if have < count:
            print(f"making {count:,} subjects with {len(ITEMS)} documents each (once)")
            for start in range(have, count, 50_000):
                rows = [
                    (code_of(n), f"虚构{n}有限公司", "enterprise", "320111", "1", "micro", UUID(int=n))
                    for n in range(start, min(start + 50_000, count))
                ]
                async with conn.transaction():
                    await conn.execute("set local session_replication_role = replica")  # no search projection
                    await conn.copy_records_to_table(
                        "subject",
                        records=rows,
                        columns=("code", "name", "kind", "division", "status", "size_class", "name_key"),
                    )
                    await conn.execute(
                        "insert into holding (subject_id, item, document, masked, rows, version, batch_id, updated_at) "
                        "select s.id, i, $1, null, 1, 1, 1, now() from subject s, unnest($2::text[]) i "
                        "where s.code = any ($3::text[])",
                        DOCUMENT, list(ITEMS), [row[0] for row in rows],
                    )  # fmt: skip
            await conn.execute("vacuum analyze subject")
            await conn.execute("vacuum analyze holding")
        await conn.execute(
            "insert into member (id, code, name, kind, regions, state, state_since, created_by, created_at, "
            "updated_at) values ('mbench', 'bench', '基准银行', 'bank', array[''], 'online', now(), 'bench', now(), "
            "now()) on conflict (id) do update set state = 'online'"
        )
        await conn.execute(
            "insert into client (id, member_id, name, roles, sandbox, state, created_by, created_at) "
            "values ('c-bench22222222222', 'mbench', 'bench', array['institution-system'], false, 'active', 'bench', "
            "now()) on conflict do nothing"
        )
        if not await conn.fetchval("select count(*) from consent"):
            items = orjson.dumps(dict.fromkeys(ITEMS)).decode()
            await conn.execute(
                "insert into consent (id, subject_code, grantee, purpose, state, state_since, valid_from, valid_to, "
                "items, answer_by, revision, digest, requested_by, requested_at, updated_at) "
                "select gen_random_uuid(), code, 'mbench', $1, 'active', now(), now() - interval '1 day', "
                "now() + interval '10 years', $2::jsonb, now(), 1, ''::bytea, 'bench', now(), now() "
                "from unnest($3::text[]) as code",
                PURPOSE, items, [code_of(n) for n in range(ASKED)],
            )  # fmt: skip
        await conn.execute("create table if not exists bench_answer (code text primary key, body text not null)")


async def serve_node(home: Path, dsn: str, port: int) -> None:
    """The node; writes a token for the load beside its data."""
    from xinshu.node.app import build_node, working
    from xinshu.node.edge.tls import uvicorn_tls
    from xinshu.node.services import open_services

    settings = settings_of(home, dsn, port)
    async with open_services(settings, SystemClock()) as services, working(services):
        membership = services.membership
        assert membership is not None
        (home / "token").write_text(await token_for(services.db, membership.tokens))
        # Without the daily look at members, who would suspend a bank that never applied.
        config = uvicorn.Config(
            build_node(services), "127.0.0.1", port, log_level="warning", access_log=False, lifespan="off",
            **uvicorn_tls(settings, services.clock),
        )  # fmt: skip
        await uvicorn.Server(config).serve()


async def token_for(db: Database, tokens: Any) -> str:
    """A token for the client, by the way that clients go."""
    from joserfc import jwt
    from joserfc.jwk import ECKey

    from xinshu.members.model import Caller

    key = ECKey.generate_key("P-256", parameters={"kid": f"bench-{time.time_ns()}"})
    async with db.acquire() as conn:
        await conn.execute("delete from client_key where client_id = 'c-bench22222222222'")
        await conn.execute(
            "insert into client_key (client_id, kid, jwk, thumbprint, created_by, created_at, expires_at) "
            "values ('c-bench22222222222', $1, $2::jsonb, $3, 'bench', now(), now() + interval '1 day')",
            key.kid, orjson.dumps(key.as_dict(private=False)).decode(), key.thumbprint(),
        )  # fmt: skip
    now = int(time.time())
    claims = {
        "iss": "c-bench22222222222",
        "sub": "c-bench22222222222",
        "aud": tokens.endpoint,
        "iat": now,
        "exp": now + 60,
        "jti": str(now),
    }
    assertion = jwt.encode({"alg": "ES256", "kid": key.kid}, claims, key)
    form = {
        "grant_type": "client_credentials",
        "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        "client_assertion": assertion,
    }
    answer = await tokens.issue(form, Caller("127.0.0.1"))
    return str(answer.access_token)


async def serve_bare(dsn: str, port: int) -> None:
    """The limit: Starlette, asyncpg, one row by primary key, its bytes."""
    import asyncpg
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import Route

    pool = await asyncpg.create_pool(dsn, min_size=5, max_size=10)

    async def answer(request: Request) -> Response:
        asked = orjson.loads(await request.body())
        body = await pool.fetchval("select body from bench_answer where code = $1", asked["subject"])
        return Response(body.encode(), media_type="application/json")

    app = Starlette(routes=[Route("/v1/inquiries", answer, methods=["POST"])])
    config = uvicorn.Config(app, "127.0.0.1", port, log_level="warning", access_log=False, server_header=False)
    await uvicorn.Server(config).serve()


@dataclass
class Load:
    """What was measured so far: what each request took in seconds; seconds of the load and of the processor."""

    took: list[float] = field(default_factory=list)
    seconds: float = 0.0
    used: float = 0.0

    def add(self, other: Load) -> None:
        """Together with another one."""
        self.took += other.took
        self.seconds += other.seconds
        self.used += other.used

    @property
    def rate(self) -> float:
        """Requests a second."""
        return len(self.took) / self.seconds

    @property
    def cpu(self) -> float:
        """Processor time of the application in µs a request."""
        return self.used / len(self.took) * 1e6

    def quantile(self, share: float) -> float:
        """In milliseconds."""
        return sorted(self.took)[int(len(self.took) * share)] * 1e3


def cpu_of(process: int) -> float:
    """Processor seconds that a process has used."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def put_load(port: int, process: int, token: str, clients: int, seconds: float) -> Load:
    """Ask from `clients` connections for so many seconds."""
    load = Load()
    draws = itertools.count(random.getrandbits(32))
    began = time.perf_counter()
    until = began + seconds

    async def client() -> None:
        draw = random.Random(next(draws))
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        while (asked := time.perf_counter()) < until:
            await ask(reader, writer, code_of(draw.randrange(ASKED)), token)
            load.took.append(time.perf_counter() - asked)
        writer.close()

    before = cpu_of(process)
    await asyncio.gather(*[client() for _ in range(clients)])
    load.used, load.seconds = cpu_of(process) - before, time.perf_counter() - began
    return load


async def ask(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, code: str, token: str) -> bytes:
    """One question over an open connection."""
    body = orjson.dumps({"subject": code, "purpose": PURPOSE, "items": ITEMS})
    writer.write(
        b"POST /v1/inquiries HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nAuthorization: Bearer "
        + token.encode() + b"\r\nContent-Length: " + str(len(body)).encode() + b"\r\n\r\n" + body
    )  # fmt: skip
    head = await reader.readuntil(b"\r\n\r\n")
    if b" 200 " not in head.split(b"\r\n", 1)[0]:
        raise SystemExit(head.decode() + (await reader.read(2000)).decode())
    length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
    return await reader.readexactly(length)


async def wait_for(port: int) -> None:
    """Until something listens."""
    for _ in range(600):
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.close()
            return
        except OSError:
            await asyncio.sleep(0.1)
    raise SystemExit("the server did not start")


def free_port() -> int:
    """A port that nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Server:
    """One of the two that are compared."""

    role: str
    port: int
    process: subprocess.Popen[bytes]

    @classmethod
    def start(cls, role: str, home: Path, dsn: str) -> Server:
        """In a process of its own."""
        port = free_port()
        command = [sys.executable, __file__, "--serve", role, "--home", str(home), "--dsn", dsn, "--port", str(port)]
        return cls(role, port, subprocess.Popen(command, stderr=subprocess.DEVNULL if role == "bare" else None))

    def stop(self) -> None:
        """End it."""
        self.process.terminate()
        self.process.wait(20)

    async def answer(self, token: str) -> bytes:
        """What it answers about the first subject."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        answer = await ask(reader, writer, code_of(0), token)
        writer.close()
        return answer

    async def load(self, token: str, clients: int, seconds: float) -> Load:
        """What `put_load` measures."""
        return await put_load(self.port, self.process.pid, token, clients, seconds)


async def measure(servers: list[Server], token: str, clients: int, seconds: float) -> dict[str, Load]:
    """Load on one after the other, a second each."""
    loads = {server.role: Load() for server in servers}
    for server in servers:
        await server.load(token, clients, 1)  # warm
    for _ in range(max(round(seconds), 1)):
        for server in servers:
            loads[server.role].add(await server.load(token, clients, 1))
    for role, one in loads.items():
        print(
            f"{role:5} {clients:3} clients: {one.rate:7,.0f}/s  p50 {one.quantile(0.5):6.2f} ms  "
            f"p99 {one.quantile(0.99):6.2f} ms  application {one.cpu:5.0f} µs of processor a request"
        )
    return loads


async def keep_answer(db: Database, answer: bytes) -> None:
    """What the bare application will answer about any subject."""
    async with db.acquire() as conn:
        await conn.execute("truncate bench_answer")
        await conn.execute(
            "insert into bench_answer select code, $1 from unnest($2::text[]) as code",
            answer.decode(), [code_of(n) for n in range(ASKED)],
        )  # fmt: skip
        await conn.execute("vacuum analyze bench_answer")


async def revoke(db: Database, server: Server, token: str, count: int) -> None:
    """How soon what this process revokes is refused by the node, which is another one."""
    asking = asyncio.create_task(server.load(token, 16, 3600))
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    took, given = [], 0
    for code in random.sample([code_of(n) for n in range(ASKED)], count):
        async with db.acquire() as conn:
            await conn.execute("update consent set state = 'revoked' where subject_code = $1", code)
        committed = time.perf_counter()
        while b'"consent_revoked"' not in await ask(reader, writer, code, token):
            given += 1
        took.append(time.perf_counter() - committed)
        async with db.acquire() as conn:
            await conn.execute("update consent set state = 'active' where subject_code = $1", code)
    asking.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await asking
    writer.close()
    took.sort()
    print(
        f"{count} authorisations revoked by another process under load: refused after p50 {took[count // 2] * 1e3:.1f} "
        f"ms, at most {took[-1] * 1e3:.1f} ms from the commit, the question's own way included; "
        f"{given} questions answered as before"
    )


async def main(home: Path, count: int, seconds: float, revocations: int) -> None:
    """Prepare, measure both, print."""
    describe()
    db = await Database.open(settings_of(home))
    await prepare(db, count)
    servers: list[Server] = []
    try:
        for role in ("node", "bare"):
            servers.append(Server.start(role, home, db.dsn))
            await wait_for(servers[-1].port)
        token = (home / "token").read_text()
        answer = await servers[0].answer(token)
        given = [one["decision"]["code"] for one in orjson.loads(answer)["items"]]
        print(f"an answer has {len(answer):,} bytes; decisions: {', '.join(given)}")
        await keep_answer(db, answer)
        if await servers[1].answer(token) != answer:
            raise SystemExit("the bare application answers other bytes")
        found = {clients: await measure(servers, token, clients, seconds) for clients in CLIENTS}
        if revocations:
            await revoke(db, servers[0], token, revocations)
    finally:
        for server in servers:
            server.stop()
    await db.close()
    for clients, loads in found.items():
        print(f"{clients:3} clients: {loads['node'].cpu / loads['bare'].cpu:.2f} times the processor time")
    ratio(found[16]["node"].cpu, found[16]["bare"].cpu)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("subjects", nargs="?", type=int, default=1_000_000)
    parser.add_argument("--seconds", type=float, default=10, help="for each server and number of clients")
    parser.add_argument("--revocations", type=int, default=200, help="0: not measured")
    default = os.environ.get("XINSHU_BENCH_HOME") or str(Path.home() / ".cache" / "xinshu-bench")
    parser.add_argument("--home", type=Path, default=Path(default))
    parser.add_argument("--serve", choices=("node", "bare"))
    parser.add_argument("--dsn", default="")
    parser.add_argument("--port", type=int, default=0)
    given = parser.parse_args()
    if given.serve == "node":
        uvloop.run(serve_node(given.home, given.dsn, given.port))
    elif given.serve == "bare":
        uvloop.run(serve_bare(given.dsn, given.port))
    else:
        uvloop.run(main(given.home, given.subjects, given.seconds, given.revocations))
