"""Is a PDF, byte for byte, what a platform signed? Decided from its bytes alone.

Nothing in the file is unpacked and no structure of it is followed: a signature of ours that covers every byte shows
that the file is what was made here; in every other case it is told which of the known things was done to it. So time
and memory are bounded by the file's length, whatever was put into it. pyHanko checks the signature itself (CMS).
"""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes

MOST_SIGNATURES = 8
CMS_MAX = 256 * 1024  # hexadecimal digits
_BEGIN = b"%PDF-"
_RANGE = re.compile(
    rb"/ByteRange\s{0,8}\[\s{0,8}(\d{1,10})\s{1,8}(\d{1,10})\s{1,8}(\d{1,10})\s{1,8}(\d{1,10})\s{0,64}\]"
)
_HEX = re.compile(rb"<[0-9A-Fa-f]*>")
_MADE_AT = re.compile(rb"/M\s{0,8}\(D:(\d{14})([+-]\d\d)'(\d\d)'?\)")  # PAdES keeps the time beside the signature
_OCTAL = re.compile(rb"\\([0-3][0-7]{2})")
BESIDE = 2_000  # bytes before and after the signature in which the rest of its dictionary lies
_DIGESTS = {"sha256": hashlib.sha256, "sha384": hashlib.sha384, "sha512": hashlib.sha512}


class Finding(StrEnum):
    """What was found out about a file."""

    GENUINE = "report_genuine"
    ALTERED = "report_altered"
    APPENDED = "report_appended"
    SIGNER_OTHER = "report_signer_other"
    SIGNATURE_BROKEN = "report_signature_broken"
    UNSIGNED = "report_unsigned"
    TRUNCATED = "report_truncated"
    ENCRYPTED = "report_encrypted"
    NOT_A_REPORT = "report_not_recognised"
    UNKNOWN = "report_unknown"


@dataclass(frozen=True)
class Signature:
    """A signature as it claims to be; `certificate`: of the signer."""

    certificate: x509.Certificate
    others: tuple[x509.Certificate, ...]
    signed_at: datetime | None

    @property
    def name(self) -> str:
        """Whom the certificate is for."""
        parts = self.certificate.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
        return str(parts[0].value) if parts else self.certificate.subject.rfc4514_string()

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the certificate, hexadecimal."""
        return self.certificate.fingerprint(hashes.SHA256()).hex()


@dataclass(frozen=True)
class Examined:
    """What was found, by which signature."""

    finding: Finding
    signature: Signature | None = None


def is_pdf(data: bytes) -> bool:
    """Whether it begins as a PDF does."""
    return _BEGIN in data[:1024]


def examine(data: bytes, trusted: Sequence[x509.Certificate]) -> Examined:
    """Look at a PDF; not on an event loop. `trusted`: certificates of the platform's signatures, or authorities that
    issue such."""
    if not is_pdf(data):
        return Examined(Finding.NOT_A_REPORT)
    ranges = [tuple(int(one) for one in found.groups()) for found in _RANGE.finditer(data)]
    if not ranges:
        return Examined(_without_signature(data))
    if len(ranges) > MOST_SIGNATURES:
        return Examined(Finding.APPENDED)
    seen = [_look(data, part, trusted) for part in ranges]
    order = [Finding.GENUINE, Finding.APPENDED, Finding.TRUNCATED, Finding.SIGNER_OTHER, Finding.ALTERED]
    return min(seen, key=lambda one: order.index(one.finding) if one.finding in order else len(order))


def _without_signature(data: bytes) -> Finding:
    if b"%%EOF" not in data[-1024:]:
        return Finding.TRUNCATED
    return Finding.ENCRYPTED if re.search(rb"/Encrypt\s", data) is not None else Finding.UNSIGNED


def _look(data: bytes, part: tuple[int, ...], trusted: Sequence[x509.Certificate]) -> Examined:
    """One signature: its two ranges must be all of the file but the signature itself."""
    start, length, second, rest = part
    end = second + rest
    if end > len(data):
        return Examined(Finding.TRUNCATED)
    gap = data[length:second]
    if start != 0 or second <= length or len(gap) > CMS_MAX or _HEX.fullmatch(gap) is None:
        return Examined(Finding.SIGNATURE_BROKEN)
    beside = data[max(length - BESIDE, 0) : length] + b" " + data[second : min(second + BESIDE, end)]
    found = _read(gap[1:-1], _made_at(beside))
    if found is None:
        return Examined(Finding.SIGNATURE_BROKEN)
    signer, signature, certificate = found
    if not _holds(signer, certificate, (data[:length], data[second:end])):
        return Examined(Finding.ALTERED, signature)
    if not is_trusted(signature, trusted):
        return Examined(Finding.SIGNER_OTHER, signature)
    return Examined(Finding.GENUINE if end == len(data) else Finding.APPENDED, signature)


def _read(digits: bytes, at: datetime | None) -> tuple[Any, Signature, Any] | None:
    """The CMS structure with its signer's certificate; None where it is none, or where more than zeros follow it."""
    from asn1crypto import cms
    from pyhanko.sign.general import extract_certificate_info, extract_signer_info

    try:
        raw = bytes.fromhex(digits.decode())
        content = cms.ContentInfo.load(raw)
        if content["content_type"].native != "signed_data" or raw[len(content.dump()) :].strip(b"\x00"):
            return None
        data = content["content"]
        signer = extract_signer_info(data)
        about = extract_certificate_info(data)
        certificate = x509.load_der_x509_certificate(about.signer_cert.dump())
        others = tuple(x509.load_der_x509_certificate(one.dump()) for one in about.other_certs)
    except (ValueError, TypeError, KeyError, AttributeError, x509.InvalidVersion):
        return None  # what a stranger wrote there
    return signer, Signature(certificate, others, at), about.signer_cert


def _made_at(beside: bytes) -> datetime | None:
    """When the signature says it was made."""
    found = _MADE_AT.search(_OCTAL.sub(lambda one: bytes([int(one[1], 8)]), beside))
    if found is None:
        return None
    try:
        return datetime.strptime(b"".join(found.groups()).decode(), "%Y%m%d%H%M%S%z")
    except ValueError:
        return None


def _holds(signer: Any, certificate: Any, parts: tuple[bytes, bytes]) -> bool:
    """Whether the signature is of these bytes and by this certificate's key."""
    from pyhanko.sign.validation.generic_cms import validate_sig_integrity

    make = _DIGESTS.get(signer["digest_algorithm"]["algorithm"].native)
    if make is None:
        return False
    digest = make()
    for part in parts:
        digest.update(part)
    try:
        intact, valid = validate_sig_integrity(signer, certificate, "data", digest.digest())
    except (ValueError, TypeError, KeyError, NotImplementedError):
        # What the library raises on fields of the wrong kind, missing ones and unknown algorithms: the file is from
        # anybody, and one that cannot be checked does not hold.
        return False
    return bool(intact and valid)


def is_trusted(signature: Signature, trusted: Sequence[x509.Certificate]) -> bool:
    """Whether the signer is one of these, or has a certificate that one of these issued, by the others in the file."""
    if signature.certificate in trusted:
        return True
    from asn1crypto import x509 as asn1
    from cryptography.hazmat.primitives.serialization import Encoding
    from pyhanko_certvalidator import CertificateValidator, ValidationContext
    from pyhanko_certvalidator.errors import PathError, ValidationError

    def read(one: x509.Certificate) -> asn1.Certificate:
        return asn1.Certificate.load(one.public_bytes(Encoding.DER))

    authorities = [read(one) for one in trusted if one.subject != signature.certificate.subject]
    if not authorities:
        return False
    context = ValidationContext(trust_roots=authorities, allow_fetching=False, moment=signature.signed_at)
    validator = CertificateValidator(
        read(signature.certificate), [read(one) for one in signature.others], validation_context=context
    )
    try:
        asyncio.run(validator.async_validate_usage({"digital_signature"}))  # type: ignore[no-untyped-call]
    except (PathError, ValidationError, ValueError):
        return False
    return True
