"""Authorities and certificates of firms: with `cryptography`, those of SM2 with the openssl command."""

from __future__ import annotations

import base64
import shutil
import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from xinshu.crypto.libcrypto import LibcryptoError, libcrypto

FIRM = "91320100748204660Q"
START = datetime(2026, 1, 1, tzinfo=UTC)
COMMAND = shutil.which("openssl")
Key = Any


@dataclass
class Holder:
    """A key with its certificate."""

    key: Key
    certificate: x509.Certificate

    def pem(self) -> str:
        """The certificate."""
        return self.certificate.public_bytes(Encoding.PEM).decode()

    def sign(self, message: bytes) -> str:
        """A detached signature, base64."""
        if isinstance(self.key, ed25519.Ed25519PrivateKey):
            made = self.key.sign(message)
        elif isinstance(self.key, ec.EllipticCurvePrivateKey):
            digest = hashes.SHA384() if self.key.curve.name == "secp384r1" else hashes.SHA256()
            made = self.key.sign(message, ec.ECDSA(digest))
        else:
            made = self.key.sign(message, padding.PKCS1v15(), hashes.SHA256())
        return base64.b64encode(made).decode()


def new_key(kind: str = "p256") -> Key:
    """A key of a kind."""
    match kind:
        case "ed25519":
            return ed25519.Ed25519PrivateKey.generate()
        case "p384":
            return ec.generate_private_key(ec.SECP384R1())
        case "rsa":
            return rsa.generate_private_key(65537, 2048)
        case "rsa-short":
            return rsa.generate_private_key(65537, 1024)  # noqa: S505  (must be refused)
        case "secp256k1":
            return ec.generate_private_key(ec.SECP256K1())
    return ec.generate_private_key(ec.SECP256R1())


def _name(common: str, code: str | None = None) -> x509.Name:
    parts = [x509.NameAttribute(NameOID.COUNTRY_NAME, "CN"), x509.NameAttribute(NameOID.COMMON_NAME, common)]
    if code is not None:
        parts.append(x509.NameAttribute(NameOID.SERIAL_NUMBER, code))
    return x509.Name(parts)


def issue(
    issuer: Holder | None, common: str, *, kind: str = "p256", code: str | None = None, ca: bool = False,
    path_length: int | None = None, start: datetime = START, days: int = 365, usage: str | None = "sign",
    extensions: list[tuple[x509.ExtensionType, bool]] | None = None,
) -> Holder:  # fmt: skip
    """A certificate signed by `issuer` (None: by itself). `usage`: sign, agree (no signing), None (not said)."""
    key = new_key(kind)
    name = _name(common, code)
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(issuer.certificate.subject if issuer is not None else name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + timedelta(days=days))
        .add_extension(x509.BasicConstraints(ca, path_length if ca else None), critical=True)
    )
    if usage is not None:
        builder = builder.add_extension(
            x509.KeyUsage(
                digital_signature=usage == "sign" and not ca, content_commitment=False, key_encipherment=False,
                data_encipherment=False, key_agreement=usage == "agree", key_cert_sign=ca, crl_sign=ca,
                encipher_only=False, decipher_only=False,
            ),
            critical=True,
        )  # fmt: skip
    for value, critical in extensions or []:
        builder = builder.add_extension(value, critical)
    signing = issuer.key if issuer is not None else key
    digest = None if isinstance(signing, ed25519.Ed25519PrivateKey) else hashes.SHA256()
    return Holder(key, builder.sign(signing, digest))


def revoke(issuer: Holder, certificate: x509.Certificate, at: datetime, *, days: int = 30) -> str:
    """A list that revokes one certificate, as PEM."""
    entry = x509.RevokedCertificateBuilder().serial_number(certificate.serial_number).revocation_date(at).build()
    made = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(issuer.certificate.subject)
        .last_update(at)
        .next_update(at + timedelta(days=days))
        .add_revoked_certificate(entry)
        .sign(issuer.key, hashes.SHA256())
    )
    return made.public_bytes(Encoding.PEM).decode()


def _openssl(*arguments: str | Path) -> None:
    assert COMMAND is not None
    done = subprocess.run([COMMAND, *map(str, arguments)], capture_output=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr.decode(errors="replace")


def no_sm2() -> str:
    """Why SM2 certificates cannot be made here; empty: they can."""
    if COMMAND is None:
        return "no openssl command"
    try:
        libcrypto()
    except LibcryptoError as error:
        return error.message
    return ""


@dataclass
class Sm2Firm:
    """A firm's SM2 certificate under an SM2 authority, all made by the openssl command."""

    folder: Path
    anchor: str
    certificate: str

    @classmethod
    def make(cls, folder: Path, code: str = FIRM) -> Sm2Firm:
        """In `folder`."""
        folder.mkdir(parents=True, exist_ok=True)
        extensions = folder / "extensions.cnf"
        extensions.write_text("basicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature\n")
        ids = ("-sigopt", "distid:1234567812345678")
        for name in ("ca", "firm"):
            _openssl("genpkey", "-algorithm", "SM2", "-out", folder / f"{name}.key")
        _openssl(
            "req", "-new", "-x509", "-key", folder / "ca.key", "-sm3", *ids, "-subj", "/C=CN/CN=SM2 CA", "-days",
            "3650", "-out", folder / "ca.pem", "-addext", "keyUsage=critical,keyCertSign",
        )  # fmt: skip
        _openssl(
            "req", "-new", "-key", folder / "firm.key", "-sm3", *ids, "-subj", f"/C=CN/CN=firm/serialNumber={code}",
            "-out", folder / "firm.csr",
        )  # fmt: skip
        _openssl(
            "x509", "-req", "-in", folder / "firm.csr", "-CA", folder / "ca.pem", "-CAkey", folder / "ca.key", "-sm3",
            *ids, "-vfyopt", "distid:1234567812345678", "-days", "3650", "-extfile", extensions, "-CAcreateserial",
            "-out", folder / "firm.pem",
        )  # fmt: skip
        return cls(folder, (folder / "ca.pem").read_text(), (folder / "firm.pem").read_text())

    def sign(self, message: bytes) -> str:
        """A detached signature by the openssl command, base64."""
        (self.folder / "message").write_bytes(message)
        _openssl(
            "pkeyutl", "-sign", "-rawin", "-digest", "sm3", "-pkeyopt", "distid:1234567812345678", "-inkey",
            self.folder / "firm.key", "-in", self.folder / "message", "-out", self.folder / "signature",
        )  # fmt: skip
        return base64.b64encode((self.folder / "signature").read_bytes()).decode()
