"""uvicorn's connection with what it lacks: the client's certificate for the application, and an end to idle ones.

uvicorn closes a connection that is idle between two requests (`timeout_keep_alive`), but waits without end, and with
no bound on its memory, for a first request and for the rest of its headers (slowloris).
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
from typing import Any, Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

CERTIFICATE: Final = "xinshu.certificate"
"""Extension of the ASGI scope: x5t#S256 of the certificate that the client has shown and TLS has verified."""

HEADERS_SECONDS = 20
HEADERS_BYTES = 64 * 1024


def thumbprint(der: bytes) -> str:
    """SHA-256 of a certificate, as `x5t#S256` (RFC 8705, 3.1)."""
    return base64.urlsafe_b64encode(hashlib.sha256(der).digest()).rstrip(b"=").decode()


class Connection(HttpToolsProtocol):
    """One connection."""

    _certificate: str | None = None
    _in_headers = True
    _header_bytes = 0
    _deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        tls = transport.get_extra_info("ssl_object")
        der = tls.getpeercert(binary_form=True) if tls is not None else None
        self._certificate = thumbprint(der) if der is not None else None
        self._deadline = self.loop.call_later(HEADERS_SECONDS, self._too_slow)

    def connection_lost(self, exc: Exception | None) -> None:
        self._disarm()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if not self._in_headers:
            self._disarm()
            return
        self._header_bytes += len(data)
        if self._header_bytes > HEADERS_BYTES:
            self._close()
        elif self._deadline is None:
            self._deadline = self.loop.call_later(HEADERS_SECONDS, self._too_slow)

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._in_headers, self._header_bytes = True, 0
        if self._certificate is not None:
            scope: dict[str, Any] = self.scope  # type: ignore[assignment]
            scope["extensions"] = {CERTIFICATE: self._certificate}

    def on_headers_complete(self) -> None:
        self._in_headers = False
        super().on_headers_complete()

    def _too_slow(self) -> None:
        self._deadline = None
        self._close()

    def _close(self) -> None:
        if not self.transport.is_closing():
            self.transport.close()

    def _disarm(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None
