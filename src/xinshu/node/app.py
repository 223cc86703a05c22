"""The HTTP application of a node: every route, every error, every metric, on one page."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import structlog
from fastapi import APIRouter, Depends, FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi_offline import FastAPIOffline
from starlette.exceptions import HTTPException

from xinshu import __version__
from xinshu.catalogue.routes import router as catalogue_routes
from xinshu.collect.pull_routes import router as pull_routes
from xinshu.collect.routes import router as collect_routes
from xinshu.core.errors import XinshuError
from xinshu.inquiry.routes import router as inquiry_routes
from xinshu.node import metrics
from xinshu.node.access import admin_token, operator_only
from xinshu.node.services import Services
from xinshu.subjects.routes import router as subject_routes

logger = structlog.get_logger(__name__)


def build_app(services: Services) -> FastAPI:
    """The application over open services; its lifespan runs the background worker."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        worker = services.worker() if services.settings.workers > 0 else None
        await services.take_up_unfinished()
        if worker is not None:
            worker.start()
        try:
            yield
        finally:
            if worker is not None:
                await worker.stop()

    app = FastAPIOffline(  # the page at /docs loads nothing from elsewhere: a platform's network may be closed
        redoc_url=None,
        title="信枢 xinshu",
        summary="融资信用服务平台节点 Node of a financing credit service platform",
        version=__version__,
        lifespan=lifespan,
        license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
    )
    operator = operator_only(admin_token(services.settings))
    guarded = APIRouter(dependencies=[Depends(operator)], responses=_ERRORS)
    guarded.include_router(collect_routes(services.collect, operator, services.enqueue_batch))
    guarded.include_router(pull_routes(services.pulls, services.enqueue_pull))
    guarded.include_router(inquiry_routes(services.inquiry, operator))
    guarded.include_router(subject_routes(services.subjects))
    app.include_router(catalogue_routes(lambda: services.catalogue), responses=_ERRORS)  # the catalogue is public
    app.include_router(guarded)
    app.include_router(_health(services))
    app.middleware("http")(_observed)
    for kind, handler in _HANDLERS.items():
        app.add_exception_handler(kind, handler)
    return app


_ERRORS: dict[int | str, dict[str, Any]] = {
    code: {"description": words}
    for code, words in {
        400: "请求有误 Bad request",
        401: "未提供有效令牌 No valid token",
        404: "不存在 Not found",
        409: "状态冲突 Conflict",
        413: "内容过大 Too large",
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

    @routes.get("/metrics", summary="指标 Metrics", response_class=Response)
    async def exposition() -> Response:
        """For Prometheus."""
        return Response(await metrics.exposition(services), media_type=metrics.CONTENT_TYPE)

    return routes


async def _observed(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
    """Time and outcome of each request; queries and bodies are never logged."""
    began = time.perf_counter()
    response = await call_next(request)
    route = request.scope.get("route")
    path = getattr(route, "path", "unknown")
    metrics.observe(request.method, path, response.status_code, time.perf_counter() - began)
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Cache-Control", "no-store")
    return response


def _expected(_: Request, error: Exception) -> Response:
    assert isinstance(error, XinshuError)  # noqa: S101  (registered for this class alone)
    headers = {"WWW-Authenticate": "Bearer"} if error.status == 401 else None
    return JSONResponse(error.as_dict(), error.status, headers)


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


_HANDLERS: dict[type[Exception], Callable[[Request, Exception], Response]] = {
    XinshuError: _expected,
    RequestValidationError: _invalid,
    HTTPException: _plain,
    asyncpg.CharacterNotInRepertoireError: _unstorable,
    UnicodeEncodeError: _unstorable,
    Exception: _unexpected,
}
