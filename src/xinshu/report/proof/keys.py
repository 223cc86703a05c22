"""The key and certificate with which a platform signs its reports: configured, or made at first need and sealed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import ClassVar

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
    pkcs12,
)
from cryptography.x509.oid import NameOID

from xinshu.core.clock import Clock
from xinshu.core.errors import SettingError
from xinshu.core.settings import Settings
from xinshu.crypto import Sealer
from xinshu.store import Database, load_queries

queries = load_queries("xinshu.report.proof")
PrivateKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
YEARS = 10
RSA_BITS = 2048


class ReportKeyError(SettingError):
    """The configured key or certificate cannot be used."""

    code: ClassVar[str] = "report_key_invalid"


@dataclass(frozen=True)
class ReportKey:
    """A private key with its certificate first in `chain`, then those of its issuers."""

    private: PrivateKey
    chain: tuple[x509.Certificate, ...]

    @property
    def certificate(self) -> x509.Certificate:
        """The signer's own."""
        return self.chain[0]

    @property
    def id(self) -> str:
        """SHA-256 of the certificate, hexadecimal."""
        return self.certificate.fingerprint(hashes.SHA256()).hex()


def make_key(platform_code: str, platform_name: str, now: datetime) -> ReportKey:
    """A new P-256 key with a certificate signed by itself, for signatures only, valid for ten years."""
    private = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "CN"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, platform_name[:64]),
            x509.NameAttribute(NameOID.COMMON_NAME, f"{platform_name[:50]} 信用报告 {platform_code}"),
        ]
    )
    usage = x509.KeyUsage(
        digital_signature=True, content_commitment=True, key_encipherment=False, data_encipherment=False,
        key_agreement=False, key_cert_sign=False, crl_sign=False, encipher_only=False, decipher_only=False,
    )  # fmt: skip
    begin = now.replace(microsecond=0)
    built = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begin - timedelta(hours=1))
        .not_valid_after(begin + timedelta(days=365 * YEARS))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(private.public_key()), critical=False)
        .sign(private, hashes.SHA256())
    )
    return ReportKey(private, (built,))


def configured(settings: Settings) -> ReportKey | None:
    """The key that the settings name; None when they name none.

    `report_certificate` alone is a PKCS#12 file; with `report_key` both are PEM. Raises ReportKeyError.
    """
    if settings.report_certificate is None:
        if settings.report_key is not None:
            raise ReportKeyError("设置了 report_key 而没有 report_certificate", hint="两项都设置,或都不设置")
        return None
    password = settings.report_key_password.get_secret_value().encode() if settings.report_key_password else None
    certificate = _read(settings.report_certificate)
    try:
        if settings.report_key is None:
            private, own, others = pkcs12.load_key_and_certificates(certificate, password)
            chain = [own, *others] if own is not None else []
        else:
            private = load_pem_private_key(_read(settings.report_key), password)
            chain = list(x509.load_pem_x509_certificates(certificate))
    except (ValueError, TypeError) as error:
        raise ReportKeyError(
            f"报告签章的证书或密钥不能读取:{type(error).__name__}",
            hint="report_certificate 为 PKCS#12 文件,或与 report_key 同为 PEM;核对 report_key_password",
        ) from None
    return _checked(private, chain)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ReportKeyError(f"文件 {path} 不能读取:{error.strerror}", hint="检查路径和权限") from None


def _checked(private: object, chain: list[x509.Certificate]) -> ReportKey:
    if not isinstance(private, PrivateKey) or (isinstance(private, rsa.RSAPrivateKey) and private.key_size < RSA_BITS):
        raise ReportKeyError("报告签章的密钥不是 ECDSA,也不是 2048 位以上的 RSA", hint="换用这两种密钥的证书")
    if not chain:
        raise ReportKeyError("报告签章的证书文件里没有证书", hint="文件中应有签章证书及其上级证书")
    if chain[0].public_key() != private.public_key():
        raise ReportKeyError("报告签章的证书与密钥不是一对", hint="证书文件中第一张应是签章证书")
    return ReportKey(private, tuple(chain))


def pem_of(chain: tuple[x509.Certificate, ...]) -> str:
    """Certificates as PEM text."""
    return "".join(one.public_bytes(Encoding.PEM).decode() for one in chain)


class ReportKeys:
    """The keys of a platform, shared by its processes through the database. Certificates are kept for ever: what was
    signed with a former key stays verifiable."""

    def __init__(
        self, db: Database, sealer: Sealer, clock: Clock, settings: Settings,
        make: Callable[[str, str, datetime], ReportKey] = make_key,
    ) -> None:  # fmt: skip
        self._db = db
        self._sealer = sealer
        self._clock = clock
        self._settings = settings
        self._make = make
        self._current: ReportKey | None = None

    async def current(self) -> ReportKey:
        """The key to sign with; the first one is made here. Raises ReportKeyError and what the sealer does."""
        if self._current is None:
            found = await asyncio.to_thread(configured, self._settings)
            self._current = await self._kept(found) if found is not None else await self._own()
        return self._current

    async def chains(self) -> list[tuple[x509.Certificate, ...]]:
        """The certificates that ever signed reports here, each with its issuers: the current one's first."""
        current = await self.current()
        async with self._db.acquire() as conn:
            rows = [row async for row in queries.report_keys(conn)]
        return [current.chain, *(_chain(row) for row in rows if row["id"] != current.id)]

    async def _own(self) -> ReportKey:
        async with self._db.transaction() as conn:
            await queries.lock_keys(conn)
            row = await self._newest_own(conn)
            if row is None:
                now = self._clock.now()
                fresh = self._make(self._settings.platform_code, self._settings.platform_name, now)
                pem = fresh.private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
                sealed = await asyncio.to_thread(self._sealer.seal, pem, _place(fresh.id))
                await queries.insert_key(
                    conn, id=fresh.id, certificates=pem_of(fresh.chain), private_sealed=sealed, now=now
                )
                return fresh
        pem = await asyncio.to_thread(self._sealer.open, row["private_sealed"], _place(row["id"]))
        private = load_pem_private_key(pem.encode(), None)
        return _checked(private, list(_chain(row)))

    async def _newest_own(self, conn: object) -> dict[str, str] | None:
        """The newest key that lies here and whose certificate is still valid."""
        async for row in queries.report_keys(conn):
            if row["private_sealed"] is not None and _chain(row)[0].not_valid_after_utc > self._clock.now():
                return dict(row)
        return None

    async def _kept(self, key: ReportKey) -> ReportKey:
        async with self._db.acquire() as conn:
            await queries.insert_key(
                conn, id=key.id, certificates=pem_of(key.chain), private_sealed=None, now=self._clock.now()
            )
        return key


def _chain(row: object) -> tuple[x509.Certificate, ...]:
    return tuple(x509.load_pem_x509_certificates(row["certificates"].encode()))  # type: ignore[index]


def _place(id: str) -> bytes:
    return b"report/key/" + id.encode()
