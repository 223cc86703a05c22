"""The public OAuth 2.0 endpoints: token, keys, metadata."""

# Annotations are not postponed here: FastAPI resolves those of the routes.

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from xinshu.members.clients.errors import OAuthError, RequestInvalidError
from xinshu.members.clients.jose import ADMITTED
from xinshu.members.clients.tokens import ASSERTION_TYPE, ENDPOINT, JWKS, TokenService
from xinshu.members.permissions import Permissions
from xinshu.members.permissions.guards import caller_of

FORM = "application/x-www-form-urlencoded"
FORM_MAX = 16 * 1024  # bytes
_FIELDS_MAX = 20
_NO_STORE = {"Cache-Control": "no-store", "Pragma": "no-cache"}
_FORM_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            FORM: {
                "schema": {
                    "type": "object",
                    "required": ["grant_type", "client_assertion_type", "client_assertion"],
                    "properties": {
                        "grant_type": {"type": "string", "enum": ["client_credentials"]},
                        "client_assertion_type": {"type": "string", "enum": [ASSERTION_TYPE]},
                        "client_assertion": {"type": "string", "description": "签名的 JWT(RFC 7523)"},
                        "client_id": {"type": "string"},
                        "scope": {"type": "string", "description": "空格分隔的角色,缺省为全部"},
                    },
                }
            }
        },
    }
}
_ANSWERS: dict[int | str, dict[str, Any]] = {
    200: {"description": "令牌 A token"},
    400: {"description": "请求有误,或不能使用该客户端 invalid_request, unauthorized_client …"},
    401: {"description": "客户端身份不能确认 invalid_client"},
}


def router(tokens: TokenService, table: Permissions) -> APIRouter:
    """/oauth/token, /oauth/jwks and the metadata; all public."""
    routes = APIRouter(tags=["oauth 令牌"])
    scopes = [name for name, role in table.roles.items() if role.who == "system"]

    @routes.post(ENDPOINT, summary="获取令牌 Get a token", openapi_extra=_FORM_BODY, responses=_ANSWERS)
    async def token(request: Request) -> Response:
        """Client credentials with private_key_jwt (RFC 6749, 4.4; RFC 7523)."""
        caller = caller_of(request)
        try:
            form = await _form(request)
        except RequestInvalidError as error:
            await tokens.refused(error, None, caller, ENDPOINT)
            return _refusal(error)
        try:
            answer = await tokens.issue(form, caller)
        except OAuthError as error:
            return _refusal(error)
        body = {
            "access_token": answer.access_token,
            "token_type": "Bearer",
            "expires_in": answer.expires_in,
            "scope": answer.scope,
        }
        return JSONResponse(body, headers=_NO_STORE)

    @routes.get(JWKS, summary="令牌签名的公钥 Keys that sign tokens")
    async def jwks() -> dict[str, Any]:
        """The keys with which tokens may be checked now (RFC 7517)."""
        return await tokens.keys.published()

    @routes.get("/.well-known/oauth-authorization-server", summary="授权服务元数据 Metadata")
    async def metadata() -> dict[str, Any]:
        """For client libraries (RFC 8414)."""
        return {
            "issuer": tokens.issuer,
            "token_endpoint": tokens.endpoint,
            "jwks_uri": tokens.issuer + JWKS,
            "scopes_supported": scopes,
            "response_types_supported": [],
            "grant_types_supported": ["client_credentials"],
            "token_endpoint_auth_methods_supported": ["private_key_jwt"],
            "token_endpoint_auth_signing_alg_values_supported": list(ADMITTED),
            "tls_client_certificate_bound_access_tokens": True,
        }

    return routes


def _refusal(error: OAuthError) -> Response:
    return JSONResponse(error.as_oauth(), error.oauth_status, _NO_STORE)


async def _form(request: Request) -> Mapping[str, str]:
    """The parameters, each at most once (RFC 6749, 3.2); unknown ones are not looked at. Raises RequestInvalidError."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != FORM:
        raise RequestInvalidError(fault=f"Content-Type 须为 {FORM}")
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > FORM_MAX:
            raise RequestInvalidError(fault=f"请求超过 {FORM_MAX} 字节")
    try:
        pairs = parse_qsl(body.decode("utf-8"), keep_blank_values=False, errors="strict", max_num_fields=_FIELDS_MAX)
    except ValueError:
        raise RequestInvalidError(fault="表单不能解析") from None
    form = dict(pairs)
    if len(form) != len(pairs):
        raise RequestInvalidError(fault="有参数重复")
    return form
