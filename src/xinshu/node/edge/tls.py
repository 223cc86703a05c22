"""TLS by settings: certificate and key are checked before the node listens; nothing weak is offered."""

from __future__ import annotations

import ipaddress
import ssl
import stat
from datetime import timedelta
from pathlib import Path
from typing import Any, ClassVar

import structlog
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

from xinshu.core.clock import Clock
from xinshu.core.errors import SettingError
from xinshu.core.settings import Settings
from xinshu.node.edge.connections import Connection

logger = structlog.get_logger(__name__)

CIPHERS = "ECDHE+AESGCM:ECDHE+CHACHA20"
"""Of TLS 1.2: forward secrecy and authenticated encryption only (RFC 9325, 4.2). TLS 1.3 has no others."""

SOON = timedelta(days=30)
VERSIONS = {"1.2": ssl.TLSVersion.TLSv1_2, "1.3": ssl.TLSVersion.TLSv1_3}


class TlsError(SettingError):
    """Certificate, key or certificate authority cannot be used."""

    code: ClassVar[str] = "tls_invalid"


class PlainHttpError(SettingError):
    """The node would listen to the network without encryption."""

    code: ClassVar[str] = "plain_http"


def uvicorn_tls(settings: Settings, clock: Clock) -> dict[str, Any]:
    """Arguments of `uvicorn.Config` for the connections of a node, with TLS where it is set up.

    Raises TlsError, and PlainHttpError for a node that would listen to the network in plain text.
    """
    # uvicorn itself would believe forwarded headers from 127.0.0.1: `proxies` decides whom to believe.
    options: dict[str, Any] = {"http": Connection, "proxy_headers": False, "server_header": False}
    if settings.tls_certificate is None:
        if settings.tls_key is not None or settings.tls_client_ca is not None:
            raise TlsError("设置了 TLS 的密钥或客户端 CA,没有设置证书", hint="设置 XINSHU_TLS_CERTIFICATE")
        refuse_plain_http(settings)
        return options
    context = server_context(settings, clock)
    return {**options, "ssl_context_factory": lambda _config, _default: context}


def refuse_plain_http(settings: Settings) -> None:
    """Raises PlainHttpError unless only this machine or a trusted proxy is to connect, or plain HTTP is allowed."""
    if is_loopback(settings.host) or settings.trusted_proxies or settings.allow_plain_http:
        return
    raise PlainHttpError(
        f"监听地址 {settings.host} 可从网络访问,但没有设置 TLS",
        hint="设置 XINSHU_TLS_CERTIFICATE 与 XINSHU_TLS_KEY;或由反向代理提供 TLS 并设置 XINSHU_TRUSTED_PROXIES;"
        "仅供试验时可设置 XINSHU_ALLOW_PLAIN_HTTP=true",
    )


def is_loopback(host: str) -> bool:
    """Whether nobody but this machine reaches the address."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def server_context(settings: Settings, clock: Clock) -> ssl.SSLContext:
    """The context in force. Raises TlsError; logs a warning for a certificate that has expired or soon will."""
    certificate = settings.tls_certificate
    if certificate is None or settings.tls_key is None:
        raise TlsError("没有设置 TLS 的密钥", hint="设置 XINSHU_TLS_KEY")
    key = settings.tls_key
    password = settings.tls_key_password.get_secret_value() if settings.tls_key_password is not None else None
    _check_pair(_certificates(certificate)[0], certificate, _private_key(key, password), key)
    _warn_of_expiry(_certificates(certificate)[0], certificate, clock)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = VERSIONS[settings.tls_min_version]
    context.set_ciphers(CIPHERS)
    context.options |= ssl.OP_NO_RENEGOTIATION
    context.set_alpn_protocols(["http/1.1"])
    try:
        context.load_cert_chain(certificate, key, lambda: password or "")
    except (ssl.SSLError, OSError) as error:
        raise TlsError(f"证书 {certificate} 不能使用:{error}", hint="检查证书链的次序:先本机,后中间 CA") from error
    if settings.tls_client_certificates != "off":
        if settings.tls_client_ca is None:
            raise TlsError("要查验客户端证书,没有设置签发它们的 CA", hint="设置 XINSHU_TLS_CLIENT_CA")
        _certificates(settings.tls_client_ca)
        context.load_verify_locations(settings.tls_client_ca)
        required = settings.tls_client_certificates == "required"
        context.verify_mode = ssl.CERT_REQUIRED if required else ssl.CERT_OPTIONAL
    return context


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise TlsError(f"TLS 文件 {path} 无法读取:{error.strerror}", hint="检查路径和权限") from error


def _certificates(path: Path) -> list[x509.Certificate]:
    try:
        return x509.load_pem_x509_certificates(_read(path))
    except ValueError:
        raise TlsError(f"{path} 不是 PEM 格式的证书", hint="以 -----BEGIN CERTIFICATE----- 开头的文件") from None


def _private_key(path: Path, password: str | None) -> PrivateKeyTypes:
    content = _read(path)
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & 0o007:
        raise TlsError(f"密钥文件 {path} 可被其他用户访问(权限 {mode:04o})", hint=f"chmod 600 {path}")
    try:
        return load_pem_private_key(content, password.encode() if password is not None else None)
    except TypeError:
        words = "没有加密,却设置了口令" if password is not None else "已加密,没有设置口令"
        raise TlsError(f"密钥文件 {path} {words}", hint="检查 XINSHU_TLS_KEY_PASSWORD") from None
    except ValueError:
        hint = "检查 XINSHU_TLS_KEY_PASSWORD,以及文件是否以 -----BEGIN PRIVATE KEY----- 之类开头"
        raise TlsError(f"密钥文件 {path} 不能打开:不是 PEM 格式的私钥,或口令不对", hint=hint) from None


def _check_pair(certificate: x509.Certificate, path: Path, key: PrivateKeyTypes, key_path: Path) -> None:
    form = Encoding.DER, PublicFormat.SubjectPublicKeyInfo
    if certificate.public_key().public_bytes(*form) != key.public_key().public_bytes(*form):
        raise TlsError(f"证书 {path} 与密钥 {key_path} 不是一对", hint="证书文件里本机的证书须在最前")


def _warn_of_expiry(certificate: x509.Certificate, path: Path, clock: Clock) -> None:
    ends = certificate.not_valid_after_utc
    if ends <= clock.now():
        logger.warning("the certificate has expired", path=str(path), ended=ends.isoformat())
    elif ends <= clock.now() + SOON:
        logger.warning("the certificate will soon expire", path=str(path), ends=ends.isoformat())
