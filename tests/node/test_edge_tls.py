"""TLS and connections: a real server, real certificates, and everything about them that can be wrong."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import structlog
import uvicorn
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from cryptography.x509.oid import NameOID
from pydantic import SecretStr
from starlette.responses import JSONResponse

from xinshu.core.clock import FixedClock, SystemClock
from xinshu.core.settings import Settings
from xinshu.node.edge import connections
from xinshu.node.edge.connections import Connection, thumbprint
from xinshu.node.edge.proxies import TrustedProxies
from xinshu.node.edge.tls import PlainHttpError, TlsError, server_context, uvicorn_tls

NOW = datetime.now(UTC)


@dataclass
class Identity:
    """A certificate with its key, and the files they are in."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey
    files: tuple[Path, Path]

    @property
    def thumbprint(self) -> str:
        return thumbprint(self.certificate.public_bytes(Encoding.DER))


def identity(
    folder: Path, name: str, issuer: Identity | None = None, *, ca: bool = False, days: int = 90, password: str = ""
) -> Identity:
    """A new certificate, its own authority's or another's; `days` from now it ends."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.certificate.subject if issuer is not None else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW - timedelta(days=400))
        .not_valid_after(NOW + timedelta(days=days))
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
    )
    certificate = builder.sign(issuer.key if issuer is not None else key, hashes.SHA256())
    files = folder / f"{name}.crt", folder / f"{name}.key"
    files[0].write_bytes(certificate.public_bytes(Encoding.PEM))
    lock = BestAvailableEncryption(password.encode()) if password else NoEncryption()
    files[1].write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, lock))
    files[1].chmod(0o600)
    return Identity(certificate, key, files)


@dataclass
class Pki:
    """An authority, a node, a bank; and a stranger with an authority of its own."""

    ca: Identity
    node: Identity
    bank: Identity
    stranger: Identity

    def settings(self, **more: Any) -> Settings:
        return Settings(tls_certificate=self.node.files[0], tls_key=self.node.files[1], **more)

    def client(self, who: Identity | None = None) -> ssl.SSLContext:
        context = ssl.create_default_context(cafile=str(self.ca.files[0]))
        context.verify_flags &= ~ssl.VERIFY_X509_STRICT
        if who is not None:
            context.load_cert_chain(*who.files)
        return context


@pytest.fixture(scope="module")
def pki(tmp_path_factory: pytest.TempPathFactory) -> Pki:
    folder = tmp_path_factory.mktemp("pki")
    ca = identity(folder, "ca", ca=True)
    other = identity(folder, "other-ca", ca=True)
    return Pki(ca, identity(folder, "node", ca), identity(folder, "bank", ca), identity(folder, "stranger", other))


async def seen(scope: Any, receive: Any, send: Any) -> None:
    """Answers with what the application sees of its caller."""
    caller = TrustedProxies("").caller(scope)
    body = {"address": caller.address, "certificate": caller.certificate, "scheme": scope["scheme"]}
    await JSONResponse(body)(scope, receive, send)


@contextmanager
def listening(options: dict[str, Any]) -> Iterator[int]:
    """The port of a server with these options."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    config = uvicorn.Config(seen, port=port, log_level="critical", ws="none", lifespan="off", **options)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive()
        time.sleep(0.01)
    try:
        yield port
    finally:
        server.should_exit = True
        thread.join(10)


def get(port: int, context: ssl.SSLContext, **headers: str) -> Any:
    with httpx.Client(verify=context) as client:
        return client.get(f"https://localhost:{port}/", headers=headers).json()


def test_a_certificate_shown_reaches_the_application(pki: Pki) -> None:
    options = uvicorn_tls(
        pki.settings(tls_client_ca=pki.ca.files[0], tls_client_certificates="optional"), SystemClock()
    )
    with listening(options) as port:
        assert get(port, pki.client(pki.bank)) == {
            "address": "127.0.0.1", "certificate": pki.bank.thumbprint, "scheme": "https",
        }  # fmt: skip
        assert get(port, pki.client())["certificate"] is None
        spoofed = get(port, pki.client(), **{"Client-Cert": ":AAAA:", "X-Forwarded-For": "1.1.1.1"})
        assert (spoofed["certificate"], spoofed["address"]) == (None, "127.0.0.1")
        with pytest.raises((httpx.TransportError, ssl.SSLError)):
            get(port, pki.client(pki.stranger))
        assert get(port, pki.client())["scheme"] == "https"  # the node goes on


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_a_resumed_session_keeps_its_certificate(pki: Pki, version: ssl.TLSVersion) -> None:
    settings = pki.settings(tls_client_ca=pki.ca.files[0], tls_client_certificates="required")
    context = pki.client(pki.bank)
    context.minimum_version = context.maximum_version = version
    with listening(uvicorn_tls(settings, SystemClock())) as port:
        session = None
        for resumed in (False, True):
            with (
                socket.create_connection(("127.0.0.1", port)) as plain,
                context.wrap_socket(plain, server_hostname="localhost", session=session) as link,
            ):
                link.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
                answer = b""
                while pki.bank.thumbprint.encode() not in answer:
                    answer += (chunk := link.recv(4096))
                    assert chunk, answer
                assert link.session_reused == resumed
                session = link.session


def test_a_certificate_required(pki: Pki) -> None:
    settings = pki.settings(tls_client_ca=pki.ca.files[0], tls_client_certificates="required")
    with listening(uvicorn_tls(settings, SystemClock())) as port:
        assert get(port, pki.client(pki.bank))["certificate"] == pki.bank.thumbprint
        with pytest.raises((httpx.TransportError, ssl.SSLError)):
            get(port, pki.client())


def test_certificates_not_asked_for(pki: Pki) -> None:
    with listening(uvicorn_tls(pki.settings(), SystemClock())) as port:
        assert get(port, pki.client(pki.bank))["certificate"] is None


def handshake(port: int, change: Callable[[ssl.SSLContext], None], pki: Pki) -> str | None:
    context = pki.client()
    change(context)
    with (
        socket.create_connection(("127.0.0.1", port)) as plain,
        context.wrap_socket(plain, server_hostname="localhost") as link,
    ):
        return link.version()


def at_most(version: ssl.TLSVersion) -> Callable[[ssl.SSLContext], None]:
    def change(context: ssl.SSLContext) -> None:
        context.maximum_version = version

    return change


def weak(context: ssl.SSLContext) -> None:
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers("ECDHE-ECDSA-AES128-SHA256:ECDHE-ECDSA-AES256-SHA:@SECLEVEL=0")


def test_versions_and_ciphers(pki: Pki) -> None:
    with listening(uvicorn_tls(pki.settings(), SystemClock())) as port:
        assert handshake(port, lambda context: None, pki) == "TLSv1.3"
        assert handshake(port, at_most(ssl.TLSVersion.TLSv1_2), pki) == "TLSv1.2"
        with pytest.raises(ssl.SSLError):
            handshake(port, weak, pki)
        with pytest.raises(httpx.TransportError), httpx.Client() as client:
            client.get(f"http://127.0.0.1:{port}/")
    with listening(uvicorn_tls(pki.settings(tls_min_version="1.3"), SystemClock())) as port:
        with pytest.raises(ssl.SSLError):
            handshake(port, at_most(ssl.TLSVersion.TLSv1_2), pki)
        assert handshake(port, lambda context: None, pki) == "TLSv1.3"
    context = server_context(pki.settings(), SystemClock())
    assert context.minimum_version == ssl.TLSVersion.TLSv1_2
    names = [cipher["name"] for cipher in context.get_ciphers()]
    assert all(name.startswith("TLS_") or ("ECDHE" in name and ("GCM" in name or "POLY" in name)) for name in names)


def test_an_encrypted_key(pki: Pki, tmp_path: Path) -> None:
    locked = identity(tmp_path, "locked", pki.ca, password="correct horse")
    settings = Settings(
        tls_certificate=locked.files[0], tls_key=locked.files[1], tls_key_password=SecretStr("correct horse")
    )
    with listening(uvicorn_tls(settings, SystemClock())) as port:
        assert get(port, pki.client())["scheme"] == "https"


def refused(settings: Settings) -> str:
    """The message of the refusal, which has a hint and no secret."""
    with pytest.raises(TlsError) as caught:
        uvicorn_tls(settings, SystemClock())
    assert caught.value.code == "tls_invalid" and caught.value.hint
    assert "horse" not in str(caught.value)
    return caught.value.message


def test_what_can_be_wrong(pki: Pki, tmp_path: Path) -> None:
    certificate, key = pki.node.files
    locked = identity(tmp_path, "locked", pki.ca, password="correct horse").files
    nonsense = tmp_path / "nonsense.pem"
    nonsense.write_text("-----BEGIN CERTIFICATE-----\nnonsense\n-----END CERTIFICATE-----\n")
    nonsense.chmod(0o600)
    absent = tmp_path / "absent.pem"
    assert "absent.pem" in refused(Settings(tls_certificate=absent, tls_key=key))
    assert "absent.pem" in refused(Settings(tls_certificate=certificate, tls_key=absent))
    assert "没有设置 TLS 的密钥" in refused(Settings(tls_certificate=certificate))
    assert "没有设置证书" in refused(Settings(tls_key=key))
    assert "没有设置证书" in refused(Settings(tls_client_ca=pki.ca.files[0]))
    assert "不是 PEM" in refused(Settings(tls_certificate=nonsense, tls_key=key))
    assert "不是 PEM" in refused(Settings(tls_certificate=certificate, tls_key=nonsense))
    assert "不是一对" in refused(Settings(tls_certificate=certificate, tls_key=pki.bank.files[1]))
    assert "已加密" in refused(Settings(tls_certificate=locked[0], tls_key=locked[1]))
    wrong = SecretStr("wrong horse")
    assert "口令不对" in refused(Settings(tls_certificate=locked[0], tls_key=locked[1], tls_key_password=wrong))
    assert "没有加密" in refused(pki.settings(tls_key_password=wrong))
    assert "CA" in refused(pki.settings(tls_client_certificates="optional"))
    assert "不是 PEM" in refused(pki.settings(tls_client_certificates="optional", tls_client_ca=nonsense))
    assert str(tmp_path) in refused(Settings(tls_certificate=tmp_path, tls_key=key))


@pytest.mark.parametrize("mode", [0o604, 0o602, 0o777])
def test_a_key_that_others_may_read(pki: Pki, tmp_path: Path, mode: int) -> None:
    mine = identity(tmp_path, "open", pki.ca).files
    mine[1].chmod(mode)
    assert f"{mode:04o}" in refused(Settings(tls_certificate=mine[0], tls_key=mine[1]))


@pytest.mark.parametrize(("days", "warned"), [(-1, "has expired"), (10, "soon expire"), (60, "")])
def test_expiry_is_told(pki: Pki, tmp_path: Path, days: int, warned: str) -> None:
    old = identity(tmp_path, "old", pki.ca, days=days).files
    with structlog.testing.capture_logs() as lines:
        server_context(Settings(tls_certificate=old[0], tls_key=old[1]), FixedClock(NOW))
    assert [line["log_level"] for line in lines] == (["warning"] if warned else [])
    assert all(warned in line["event"] for line in lines)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "node.example"])  # noqa: S104
def test_plain_text_on_the_network_is_refused(host: str, pki: Pki) -> None:
    with pytest.raises(PlainHttpError) as caught:
        uvicorn_tls(Settings(host=host), SystemClock())
    assert caught.value.code == "plain_http" and "XINSHU_TLS_CERTIFICATE" in caught.value.hint
    for settings in (
        Settings(host=host, allow_plain_http=True),
        Settings(host=host, trusted_proxies="10.0.0.1"),
        pki.settings(host=host),
    ):
        assert uvicorn_tls(settings, SystemClock())["http"] is Connection


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "::1", "localhost"])
def test_plain_text_on_this_machine(host: str) -> None:
    assert "ssl_context_factory" not in uvicorn_tls(Settings(host=host), SystemClock())


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """A server that waits a moment for headers, and takes few."""
    monkeypatch.setattr(connections, "HEADERS_SECONDS", 0.2)
    monkeypatch.setattr(connections, "HEADERS_BYTES", 2000)
    with listening(uvicorn_tls(Settings(), SystemClock())) as port:
        yield port


ASKED = b"GET / HTTP/1.1\r\nHost: localhost\r\n"


@pytest.mark.parametrize("sent", [b"", b"GET / HT", ASKED, ASKED + b"\r\n" + ASKED])
def test_headers_that_do_not_come(hasty: int, sent: bytes) -> None:
    with socket.create_connection(("127.0.0.1", hasty), timeout=10) as link:
        link.sendall(sent)
        answer = b""
        while chunk := link.recv(4096):
            answer += chunk
    assert answer.count(b"200 OK") == sent.count(b"\r\n\r\n")


def test_headers_that_come_in_pieces(hasty: int) -> None:
    with socket.create_connection(("127.0.0.1", hasty), timeout=10) as link:
        for _ in range(2):
            link.sendall(ASKED)
            time.sleep(0.05)
            link.sendall(b"X-More: 1\r\n\r\n")
            assert b"200 OK" in link.recv(4096)
            time.sleep(0.3)  # idle between requests: that is uvicorn's own clock


def test_headers_without_end(hasty: int) -> None:
    with socket.create_connection(("127.0.0.1", hasty), timeout=10) as link:
        link.sendall(ASKED)
        with pytest.raises(ConnectionError):
            for _ in range(1000):
                link.sendall(b"X-More: " + b"x" * 1000 + b"\r\n")
                time.sleep(0.001)
