"""The description of the API: of each operation also who may call it, and how callers prove themselves."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute, iter_route_contexts

from xinshu.members.permissions import Permissions

SCHEMES = {
    "bearer": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "JWT",
        "description": "系统:POST /oauth/token 取得的令牌(private_key_jwt)",
    },
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": "__Host-xinshu",
        "description": "人员:登录后的会话;改动类请求另带请求头 X-CSRF-Token",
    },
}
SECURITY: list[dict[str, list[str]]] = [{"bearer": []}, {"session": []}]


@dataclass(frozen=True)
class Operation:
    """One operation of the API; `permission`: (action, resource) of the guard before it, None for a public one."""

    method: str
    path: str
    permission: tuple[str, str] | None
    described: bool


def operations(app: FastAPI) -> list[Operation]:
    """All operations, in the order of the routes."""
    found = []
    for context in iter_route_contexts(app.routes):
        if not isinstance(context.original_route, APIRoute):
            continue
        dependant: Dependant = context.dependant
        permission = next(_permissions(dependant), None)
        for method in sorted(context.methods or ()):
            found.append(Operation(method, context.path_format or "", permission, bool(context.include_in_schema)))
    return found


def _permissions(dependant: Dependant) -> Iterator[tuple[str, str]]:
    found = getattr(dependant.call, "permission", None)
    if found is not None:
        yield found
    for one in dependant.dependencies:
        yield from _permissions(one)


def describe(app: FastAPI, table: Permissions) -> None:
    """Let `app.openapi()` say of every guarded operation which right it needs and which roles have it."""

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            document = get_openapi(
                title=app.title, version=app.version, summary=app.summary, license_info=app.license_info,
                routes=app.routes, openapi_version="3.1.0",
            )  # fmt: skip
            document.setdefault("components", {})["securitySchemes"] = SCHEMES
            for one in operations(app):
                if one.permission is None or not one.described:
                    continue
                action, resource = one.permission
                operation = document["paths"][one.path][one.method.lower()]
                operation["security"] = SECURITY
                operation["x-permission"] = {"resource": resource, "action": action}
                operation["x-roles"] = list(table.holders(action, resource))
            app.openapi_schema = document
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]
