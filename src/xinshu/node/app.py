"""The HTTP application of a node: every route, every error, every metric, on one page."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import structlog
from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi_offline import FastAPIOffline
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from xinshu import __version__
from xinshu.catalogue.routes import router as catalogue_routes
from xinshu.collect.mending.routes import router as mending_routes
from xinshu.collect.overview.routes import router as overview_routes
from xinshu.collect.pull_routes import router as pull_routes
from xinshu.collect.routes import router as collect_routes
from xinshu.collect.upload_routes import router as upload_routes
from xinshu.consent.routes import router as consent_routes
from xinshu.core.errors import XinshuError
from xinshu.evaluate.draft_routes import router as draft_routes
from xinshu.evaluate.routes import router as evaluate_routes
from xinshu.inquiry.routes import quick_inquiry
from xinshu.inquiry.routes import router as inquiry_routes
from xinshu.jobs import Jobs
from xinshu.jobs.routes import router as job_routes
from xinshu.jobs.service import Touched
from xinshu.ledger.routes import router as ledger_routes
from xinshu.members.accounts.routes import router as account_routes
from xinshu.members.clients.oauth_routes import router as oauth_routes
from xinshu.members.clients.routes import router as client_routes
from xinshu.members.events import Events, record
from xinshu.members.events.routes import router as event_routes
from xinshu.members.onboarding.routes import router as onboarding_routes
from xinshu.members.passkeys.routes import router as passkey_routes
from xinshu.members.permissions import Access, Guards
from xinshu.members.permissions.guards import caller_of, principal_of
from xinshu.members.permissions.routes import router as permission_routes
from xinshu.members.sign_on.routes import router as sign_on_routes
from xinshu.modules.routes import router as module_routes
from xinshu.node import metrics, web
from xinshu.node.door import Door
from xinshu.node.edge.bodies import BodyLimit
from xinshu.node.edge.headers import SecurityHeaders
from xinshu.node.edge.limits import Limiter
from xinshu.node.edge.proxies import ForwardedScheme, TrustedProxies
from xinshu.node.health import router as health_routes
from xinshu.node.lane import Explain, Lane
from xinshu.node.membership import Membership
from xinshu.node.openapi import describe
from xinshu.node.public import router as public_routes
from xinshu.node.sandbox import SandboxTenant
from xinshu.node.services import Services
from xinshu.subjects.routes import router as subject_routes

logger = structlog.get_logger(__name__)
GARBAGE = 20_000  # new objects after which the youngest are looked through


def build_node(services: Services) -> ASGIApp:
    """What answers the network: the application behind its door, whose headers are on every answer, errors included."""
    membership, settings = _membership(services), services.settings
    sandbox = SandboxTenant(settings, services.host, services.clock, build_sandbox)
    proxies = TrustedProxies(settings.trusted_proxies, settings.tls_client_certificates)
    limit = Limiter(settings).check
    door = Door(
        Observed(build_app(services, sandbox.close)),
        identify=proxies.caller,
        authenticate=membership.authenticate,
        limit=limit,
        sandbox=sandbox,
    )
    return Lane(
        ForwardedScheme(SecurityHeaders(BodyLimit(door, settings.body_max_bytes, BODIES)), proxies),
        {("POST", "/v1/inquiries"): quick_inquiry(services.inquiry, membership.guards)},
        proxies=proxies,
        remembered=membership.tokens.remembered,
        limit=limit,
        explain=_explainer(membership.events),
        most=settings.body_max_bytes,
    )


def build_app(services: Services, at_end: Callable[[], Awaitable[None]] | None = None) -> FastAPI:
    """The application over open services; its lifespan runs the background worker and all that keeps a node going."""
    membership = _membership(services)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with running(services):
            yield
        if at_end is not None:
            await at_end()

    app = FastAPIOffline(  # the page at /docs loads nothing from elsewhere: a platform's network may be closed
        redoc_url=None,
        title="信枢 xinshu",
        summary="融资信用服务平台节点 Node of a financing credit service platform",
        version=__version__,
        lifespan=lifespan,
        license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
    )
    _include(app, services, membership.guards)
    _include_members(app, membership)
    _include_authorisations(app, services, membership.guards)
    _include_operations(app, services, membership.guards)
    app.include_router(public_routes(services, membership, membership.guards), responses=_ERRORS)
    app.include_router(_health(services))
    web.mount(app)
    describe(app, services.table)
    _finish(app, services)
    return app


def _membership(services: Services) -> Membership:
    assert services.membership is not None  # noqa: S101  (a sandbox has an application of its own)
    return services.membership


def build_sandbox(services: Services) -> ASGIApp:
    """The sandbox's application: what systems of members call, behind the door of its node."""
    app = FastAPI(openapi_url=None)
    _include(app, services, Guards(services.table))
    _finish(app, services)
    return Observed(app)


# Uploads are limited by their own routes: path → bytes, None: the route says.
BODIES: dict[str, int | None] = {
    r"/v1/batches": None,
    r"/v1/batches/rows": 32 * 1024**2,
    r"/v1/uploads/[^/]+": None,
    r"/v1/members/[^/]+/documents": None,
    r"/v1/public/reports/verify": 10 * 1024**2,
}


def _include(app: FastAPI, services: Services, guards: Guards) -> None:
    """What node and sandbox have in common."""
    routes = APIRouter(responses=_ERRORS)
    routes.include_router(overview_routes(services.overview, guards, services.senders))
    routes.include_router(mending_routes(services.collect, guards))
    routes.include_router(collect_routes(services.collect, guards, services.senders, services.enqueue_batch))
    routes.include_router(
        upload_routes(services.collect, services.uploads, guards, services.senders, services.enqueue_batch)
    )
    routes.include_router(pull_routes(services.pulls, guards, services.enqueue_pull))
    routes.include_router(services.distribution.router(guards))
    routes.include_router(draft_routes(services.evaluation.book, guards))
    routes.include_router(evaluate_routes(services.evaluation, guards, services.ask_evaluation))
    routes.include_router(services.report.router(guards))
    routes.include_router(
        module_routes(services.modules, services.module_lists, services.circles, guards, services.ask_modules)
    )
    routes.include_router(inquiry_routes(services.inquiry, services.inquiries, guards))
    routes.include_router(
        subject_routes(services.subjects, guards.may("search", "subject"), guards.may("read", "subject"))
    )
    routes.include_router(ledger_routes(services.ledger, guards.may("read", "ledger")))
    routes.include_router(catalogue_routes(lambda: services.catalogue))  # the catalogue is public
    app.include_router(routes)


def _include_members(app: FastAPI, membership: Membership) -> None:
    """Members, accounts, systems and rights."""
    guards, persons = membership.guards, membership.accounts
    routes = APIRouter(responses=_ERRORS)
    routes.include_router(onboarding_routes(membership.onboarding, guards))
    routes.include_router(account_routes(persons, membership.db, guards))
    routes.include_router(passkey_routes(membership.passkeys, persons.sessions, persons.browsers, guards))
    routes.include_router(sign_on_routes(membership.sign_on, persons.sessions, persons.browsers, guards))
    routes.include_router(client_routes(membership.clients, guards))
    routes.include_router(oauth_routes(membership.tokens, membership.table))
    routes.include_router(permission_routes(membership.table, guards, membership.principal_by_id))
    routes.include_router(event_routes(membership.events, guards))
    app.include_router(routes)


def _include_authorisations(app: FastAPI, services: Services, guards: Guards) -> None:
    found = services.authorisations
    if found is not None:
        reads = services.inquiries.by_member
        app.include_router(consent_routes(found.consents, found.signing, guards, reads), responses=_ERRORS)


def _include_operations(app: FastAPI, services: Services, guards: Guards) -> None:
    """What operators see of the node itself; what they do to a job comes into the security log."""

    async def note(access: Access, conn: Any, code: str, job: Touched) -> None:
        who = access.principal
        await record(
            conn, services.clock.now(), "job", code, principal=who.id, member_id=who.member_id,
            target=f"job:{job.id}", address=access.caller.address, task=job.task,
        )  # fmt: skip

    read, retry, cancel = (guards.may(action, "job") for action in ("read", "retry", "cancel"))
    app.include_router(job_routes(Jobs(services.db), read, retry, cancel, note), responses=_ERRORS)
    app.include_router(health_routes(services, guards), responses=_ERRORS)


def _finish(app: FastAPI, services: Services) -> None:
    """Errors in one form, every request observed."""
    app.state.events = services.membership.events if services.membership is not None else None
    for kind, handler in _HANDLERS.items():
        app.add_exception_handler(kind, handler)


@asynccontextmanager
async def running(services: Services) -> AsyncIterator[None]:
    """All that goes on in the background while a node answers."""
    async with working(services):
        upkeep = asyncio.create_task(services.keep_up(), name="upkeep")
        try:
            yield
        finally:
            upkeep.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await upkeep


@asynccontextmanager
async def working(services: Services) -> AsyncIterator[None]:
    """Jobs are done, and changes of rights are heard."""
    await services.freshness.start()
    await services.take_up_unfinished()
    if services.membership is not None:
        await services.membership.accounts.bootstrap.settle()
    worker = services.worker() if services.settings.workers > 0 else None
    if worker is not None:
        worker.start()
    try:
        with _little_collecting():
            yield
    finally:
        if worker is not None:
            await worker.stop()


@contextlib.contextmanager
def _little_collecting() -> Iterator[None]:
    """What is loaded by now stays, and requests leave hardly any cycles: looking for some at every 700 new objects took
    a twentieth of the processor time of an inquiry."""
    before = gc.get_threshold()
    gc.collect()
    gc.freeze()
    gc.set_threshold(GARBAGE, 20, before[2])
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()


_ERRORS: dict[int | str, dict[str, Any]] = {
    code: {"description": words}
    for code, words in {
        400: "请求有误 Bad request",
        401: "没有登录或令牌无效 Not signed in",
        403: "无权 Forbidden",
        404: "不存在 Not found",
        409: "状态冲突 Conflict",
        413: "内容过大 Too large",
        429: "过于频繁 Too many requests",
        503: "暂不可用 Unavailable",
    }.items()
}


def _health(services: Services) -> APIRouter:
    routes = APIRouter(tags=["node 节点"])

    @routes.get("/healthz", summary="存活 Alive")
    async def alive() -> dict[str, str]:
        """The process answers."""
        return {"status": "ok", "version": __version__}

    @routes.get("/readyz", summary="就绪 Ready", responses={503: {"description": "数据库不可用"}})
    async def ready() -> dict[str, str]:
        """The database answers too."""
        async with services.db.acquire() as conn:
            await conn.fetchval("select 1")
        return {"status": "ok", "platform": services.settings.platform_name}

    shown = metrics.Exposition(services)

    @routes.get("/metrics", summary="指标 Metrics", response_class=Response)
    async def exposition(request: Request) -> Response:
        """For Prometheus, from the networks that the setting `metrics_networks` names."""
        return Response(await shown.shown_to(caller_of(request).address), media_type=metrics.CONTENT_TYPE)

    return routes


class Observed:
    """ASGI: time and outcome of each request; queries and bodies are never logged."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, status = time.perf_counter(), 500

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        path = scope["path"]
        try:
            await self._app(scope, receive, sending)
            path = getattr(scope.get("route"), "path", None) or "unknown"
        finally:
            metrics.observe(scope["method"], path, status, time.perf_counter() - began)


def _explainer(events: Events) -> Explain:
    """The handlers of errors for what is answered without the framework."""

    async def explain(request: Request, error: Exception) -> Response:
        request.state.events = events
        handler = next(handler for kind, handler in _HANDLERS.items() if isinstance(error, kind))
        found = handler(request, error)
        return await found if isinstance(found, Awaitable) else found

    return explain


async def _expected(request: Request, error: Exception) -> Response:
    assert isinstance(error, XinshuError)  # noqa: S101  (registered for this class alone)
    if error.status == 403 and error is not getattr(request.state, "refusal", None):  # the door has recorded its own
        await _record_refusal(request, error)
    headers = {"WWW-Authenticate": "Bearer"} if error.status == 401 else None
    return JSONResponse(error.as_dict(), error.status, headers)


async def _record_refusal(request: Request, error: XinshuError) -> None:
    """Who was refused what, for the security log: the route's template, never the values in its path."""
    events: Events | None = getattr(request.state, "events", None)
    if events is None and "app" in request.scope:
        events = request.app.state.events
    if events is None:
        return
    who = principal_of(request)
    route = getattr(request.scope.get("route"), "path", request.url.path)
    await events.record(
        "refused", str(error.details.get("reason", error.code)), principal=who.id, member_id=who.member_id,
        target=f"{request.method} {route}", address=caller_of(request).address,
    )  # fmt: skip


def _invalid(_: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101
    faults = [{"where": ".".join(map(str, e["loc"])), "message": e["msg"]} for e in error.errors()]
    words = "; ".join(f"{fault['where']}: {fault['message']}" for fault in faults)
    body = {
        "code": "request_invalid",
        "message": f"请求参数有误:{words}",
        "hint": "对照 /docs 检查参数",
        "details": {"faults": faults},
    }
    return JSONResponse(body, 422)


def _unstorable(_: Request, error: Exception) -> Response:
    """A text that PostgreSQL cannot hold: NUL, or half of a surrogate pair."""
    message = "请求的文本中含有不能存储的字符(如空字符)"
    return JSONResponse({"code": "request_invalid", "message": message, "hint": "删去该字符", "details": {}}, 422)


def _plain(_: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101
    code = {404: "route_unknown", 405: "method_not_allowed"}.get(error.status_code, "http_error")
    body = {"code": code, "message": f"请求不能处理:{error.detail}", "hint": "接口说明见 /docs", "details": {}}
    return JSONResponse(body, error.status_code, error.headers)


def _unexpected(request: Request, error: Exception) -> Response:
    logger.error("unexpected error", path=request.url.path, exc_info=error)
    body = {"code": "internal", "message": "平台内部错误,已记录", "hint": "稍后重试,或联系平台运营人员", "details": {}}
    return JSONResponse(body, 500)


_HANDLERS: dict[type[Exception], Callable[[Request, Exception], Response | Awaitable[Response]]] = {
    XinshuError: _expected,
    RequestValidationError: _invalid,
    HTTPException: _plain,
    asyncpg.CharacterNotInRepertoireError: _unstorable,
    asyncpg.UntranslatableCharacterError: _unstorable,  # the same within JSON
    UnicodeEncodeError: _unstorable,
    Exception: _unexpected,
}
