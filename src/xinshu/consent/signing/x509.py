"""Certificates of signers, checked against configured trust anchors (RFC 5280, the part that signatures here need).

`cryptography` reads certificates and checks all signatures but SM2's, which go to the suite `gm`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import oid

from xinshu.consent.errors import CertificateRefusedError
from xinshu.core.errors import SettingError
from xinshu.crypto.suites import GM, KeyFormatError, KeyKindError, PublicKey, der
from xinshu.crypto.suites.keys import PUBLIC, write_pem

SM2_SM3 = "1.2.156.10197.1.501"
LONGEST = 5  # certificates between the signer's and the anchor
RSA_BITS = 2048
_WEAK = (hashes.MD5, hashes.SHA1)
_CURVES: dict[str, hashes.HashAlgorithm] = {
    "secp256r1": hashes.SHA256(),
    "secp384r1": hashes.SHA384(),
    "secp521r1": hashes.SHA512(),
}
_UNDERSTOOD = {
    oid.ExtensionOID.BASIC_CONSTRAINTS,
    oid.ExtensionOID.KEY_USAGE,
    oid.ExtensionOID.EXTENDED_KEY_USAGE,
    oid.ExtensionOID.CERTIFICATE_POLICIES,
    oid.ExtensionOID.SUBJECT_ALTERNATIVE_NAME,
}
# Where certificates carry the code of an organisation: parts of the subject's name, and extensions of GM/T 0015.
_NAME_PARTS = {
    oid.NameOID.COMMON_NAME,
    oid.NameOID.SERIAL_NUMBER,
    oid.NameOID.ORGANIZATION_IDENTIFIER,
    oid.NameOID.ORGANIZATIONAL_UNIT_NAME,
    oid.NameOID.USER_ID,
}
_EXTENSIONS = {f"1.2.156.10260.4.1.{number}" for number in (3, 4, 5)}
_CODE = re.compile(r"(?<![0-9A-Z])[0-9A-HJ-NPQRTUWXY]{18}(?![0-9A-Z])")


@dataclass(frozen=True)
class Certificate:
    """A certificate with what the library does not give: the key's own bytes, whatever its algorithm."""

    parsed: x509.Certificate

    @classmethod
    def read(cls, pem: bytes) -> list[Certificate]:
        """All certificates of PEM text. Raises CertificateRefusedError."""
        try:
            found = x509.load_pem_x509_certificates(pem)
            for one in found:  # the library reads these parts only when asked, and may find them broken then
                _ = (one.subject, one.issuer, one.extensions, one.serial_number)
            return [cls(one) for one in found]
        except (ValueError, x509.DuplicateExtension, x509.InvalidVersion):
            raise refused("证书不是 PEM 格式,或已损坏", "malformed") from None

    @cached_property
    def key_info(self) -> bytes:
        """SubjectPublicKeyInfo: the sixth of what follows the version."""
        try:
            rest = der.content(self.parsed.tbs_certificate_bytes, 0x30)[0]
            if rest[:1] == b"\xa0":
                _, rest = der.content(rest, 0xA0)
            for tag in (0x02, 0x30, 0x30, 0x30, 0x30):
                _, rest = der.content(rest, tag)
            return der.tlv(0x30, der.content(rest, 0x30)[0])
        except (ValueError, IndexError):
            raise refused("证书的内容已损坏", "malformed") from None

    @cached_property
    def sm2_key(self) -> PublicKey | None:
        """The key, if it is one of SM2."""
        try:
            return GM.load_public_key(write_pem(PUBLIC, self.key_info))
        except (KeyFormatError, KeyKindError):
            return None

    @property
    def fingerprint(self) -> str:
        """SHA-256 in hexadecimal."""
        return self.parsed.fingerprint(hashes.SHA256()).hex()

    def pem(self) -> str:
        """The certificate as PEM."""
        return self.parsed.public_bytes(Encoding.PEM).decode()

    def holds_on(self, now: datetime) -> bool:
        """Whether it is valid at this moment."""
        return self.parsed.not_valid_before_utc <= now <= self.parsed.not_valid_after_utc

    def extension(self, kind: type[x509.ExtensionType]) -> x509.ExtensionType | None:
        """The value of an extension; None when there is none."""
        try:
            return self.parsed.extensions.get_extension_for_class(kind).value
        except x509.ExtensionNotFound:
            return None

    def issued(self, other: Certificate) -> bool:
        """Whether this one's key signed the other."""
        one = other.parsed
        if self.parsed.subject != one.issuer:
            return False
        if one.signature_algorithm_oid.dotted_string == SM2_SM3:
            return self.sm2_key is not None and self.sm2_key.verify(one.tbs_certificate_bytes, one.signature)

        def signed() -> bool:
            one.verify_directly_issued_by(self.parsed)
            return not isinstance(one.signature_hash_algorithm, _WEAK)

        return _holds(signed)

    def issued_list(self, revoked: x509.CertificateRevocationList) -> bool:
        """Whether this one's key signed the list of revoked certificates."""
        if self.parsed.subject != revoked.issuer:
            return False
        if revoked.signature_algorithm_oid.dotted_string == SM2_SM3:
            return self.sm2_key is not None and self.sm2_key.verify(revoked.tbs_certlist_bytes, revoked.signature)

        def signed() -> bool:
            key: Any = self.parsed.public_key()
            return not isinstance(revoked.signature_hash_algorithm, _WEAK) and revoked.is_signature_valid(key)

        return _holds(signed)

    def verify(self, message: bytes, signature: bytes) -> bool:
        """Whether the signature on a message is this certificate's: SM2 with SM3, Ed25519, ECDSA, or RSA with SHA-256.

        Raises CertificateRefusedError for a key of another kind or too short.
        """
        if self.sm2_key is not None:
            return self.sm2_key.verify(message, signature)
        try:
            key = self.parsed.public_key()
        except (UnsupportedAlgorithm, ValueError):
            raise refused("证书的密钥算法不受支持", "algorithm") from None
        try:
            if isinstance(key, ed25519.Ed25519PublicKey):
                key.verify(signature, message)
            elif isinstance(key, ec.EllipticCurvePublicKey) and key.curve.name in _CURVES:
                key.verify(signature, message, ec.ECDSA(_CURVES[key.curve.name]))
            elif isinstance(key, rsa.RSAPublicKey) and key.key_size >= RSA_BITS:
                return _verify_rsa(key, message, signature)
            else:
                raise refused("证书的密钥算法不受支持,或长度不足", "algorithm")
        except InvalidSignature:
            return False
        return True

    def codes(self) -> set[str]:
        """All credit codes that the certificate carries for its holder."""
        texts = [str(part.value) for part in self.parsed.subject if part.oid in _NAME_PARTS]
        for extension in self.parsed.extensions:
            if extension.oid.dotted_string in _EXTENSIONS and isinstance(extension.value, x509.UnrecognizedExtension):
                texts.append(extension.value.value.decode("utf-8", "replace"))
        return {code for text in texts for code in _CODE.findall(text.upper())}


def _holds(check: Callable[[], bool]) -> bool:
    """Whether a check of the library neither raises nor says no."""
    try:
        return check()
    except (InvalidSignature, UnsupportedAlgorithm, ValueError, TypeError):
        return False


def _verify_rsa(key: rsa.RSAPublicKey, message: bytes, signature: bytes) -> bool:
    pss = padding.PSS(padding.MGF1(hashes.SHA256()), padding.PSS.AUTO)
    for scheme in (padding.PKCS1v15(), pss):
        try:
            key.verify(signature, message, scheme, hashes.SHA256())
        except InvalidSignature:
            continue
        return True
    return False


class TrustAnchors:
    """Certificates of authorities that are trusted, and their lists of revoked certificates."""

    def __init__(self, anchors: Sequence[Certificate], revoked: Sequence[x509.CertificateRevocationList] = ()) -> None:
        self._anchors = tuple(anchors)
        self._revoked = tuple(revoked)

    def __len__(self) -> int:
        return len(self._anchors)

    @classmethod
    def load(cls, folder: Path) -> TrustAnchors:
        """From the `.pem`, `.crt` and `.cer` files of a folder (PEM), and the lists in `.crl` files (PEM).

        A folder that does not exist holds none. Raises SettingError naming the file that cannot be read.
        """
        anchors: list[Certificate] = []
        lists: list[x509.CertificateRevocationList] = []
        for path in sorted(folder.iterdir()) if folder.is_dir() else ():
            try:
                if path.suffix in (".pem", ".crt", ".cer"):
                    anchors += Certificate.read(path.read_bytes())
                elif path.suffix == ".crl":
                    lists.append(x509.load_pem_x509_crl(path.read_bytes()))
            except (OSError, ValueError, CertificateRefusedError) as error:
                raise SettingError(f"信任的证书 {path} 无法读取:{error}", hint="放入 PEM 格式的证书") from None
        return cls(anchors, lists)

    def check(self, leaf: Certificate, others: Iterable[Certificate], now: datetime) -> list[Certificate]:
        """The path from the signer's certificate to an anchor, both included. Raises CertificateRefusedError."""
        _check_leaf(leaf)
        path, between = [leaf], list(others)
        while True:
            _check_each(path[-1], now)
            anchor = next((one for one in self._anchors if one.issued(path[-1])), None)
            if anchor is not None:
                break
            if len(path) > LONGEST:
                raise refused("证书链过长", "chain")
            above = next((one for one in between if one not in path and one.issued(path[-1])), None)
            if above is None:
                raise refused("证书不是平台信任的机构签发的", "untrusted")
            _check_authority(above, len(path) - 1)
            path.append(above)
        _check_each(anchor, now)
        _check_authority(anchor, len(path) - 1)
        path.append(anchor)
        for certificate, issuer in pairwise(path):
            self._check_revoked(certificate, issuer, now)
        return path

    def _check_revoked(self, certificate: Certificate, issuer: Certificate, now: datetime) -> None:
        for one in self._revoked:
            if one.issuer != certificate.parsed.issuer or not issuer.issued_list(one):
                continue
            if one.next_update_utc is not None and one.next_update_utc < now:
                raise refused("签发机构的吊销列表已过期", "revocation_list_stale", "请平台运营人员更新吊销列表")
            entry = one.get_revoked_certificate_by_serial_number(certificate.parsed.serial_number)
            if entry is not None and entry.revocation_date_utc <= now:
                raise refused("证书已被签发机构吊销", "revoked")


def _check_each(certificate: Certificate, now: datetime) -> None:
    if not certificate.holds_on(now):
        raise refused("证书不在有效期内", "validity")
    for extension in certificate.parsed.extensions:
        if extension.critical and extension.oid not in _UNDERSTOOD:
            raise refused("证书含有不支持的关键扩展", "extension")


def _check_leaf(leaf: Certificate) -> None:
    constraints = leaf.extension(x509.BasicConstraints)
    if isinstance(constraints, x509.BasicConstraints) and constraints.ca:
        raise refused("这是签发机构的证书,不能用来签署授权", "key_usage")
    usage = leaf.extension(x509.KeyUsage)
    if not isinstance(usage, x509.KeyUsage) or not (usage.digital_signature or usage.content_commitment):
        raise refused("证书没有数字签名的用途", "key_usage")


def _check_authority(certificate: Certificate, below: int) -> None:
    """`below`: authorities between it and the signer's certificate."""
    constraints, usage = certificate.extension(x509.BasicConstraints), certificate.extension(x509.KeyUsage)
    if not isinstance(constraints, x509.BasicConstraints) or not constraints.ca:
        raise refused("证书链中有不是签发机构的证书", "chain")
    if isinstance(usage, x509.KeyUsage) and not usage.key_cert_sign:
        raise refused("证书链中有无权签发证书的机构", "chain")
    if constraints.path_length is not None and constraints.path_length < below:
        raise refused("证书链过长", "chain")


def refused(words: str, reason: str, hint: str = "") -> CertificateRefusedError:
    """The refusal of a certificate."""
    return CertificateRefusedError(words, hint=hint or "换用本企业有效的电子营业执照或 CA 证书", reason=reason)
