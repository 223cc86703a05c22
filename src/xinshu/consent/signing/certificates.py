"""Signing with an electronic business licence or another certificate of the firm: an uploaded detached signature over
the canonical bytes, with the certificate and those between it and a trust anchor."""

from __future__ import annotations

import asyncio
import base64
import binascii
from datetime import datetime
from typing import Any
from uuid import UUID

from xinshu.consent.errors import SignatureRefusedError
from xinshu.consent.purposes import Method
from xinshu.consent.signing.model import Evidence, SignatureRecord, Signer, ToSign
from xinshu.consent.signing.x509 import Certificate, TrustAnchors, refused

LARGEST = 65_536  # characters of PEM


class CertificateSigning:
    """Certificates that lead to one of `anchors` and carry the firm's code."""

    method: Method = "certificate"

    def __init__(self, anchors: TrustAnchors) -> None:
        self._anchors = anchors

    async def begin(self, signing: ToSign, account: UUID) -> dict[str, Any]:
        """Nothing beside the canonical bytes is needed."""
        return {}

    async def verify(self, signing: ToSign, evidence: Evidence, signer: Signer, now: datetime) -> SignatureRecord:
        """Evidence: `signature` (base64) over the canonical bytes, `certificates` (PEM, the signer's first)."""
        path = await asyncio.to_thread(check, signing, evidence, signer.subject, self._anchors, now)
        kept = {"signature": evidence["signature"], "certificates": "".join(one.pem() for one in path)}
        return SignatureRecord(self.method, path[0].fingerprint, kept, key_digest=path[0].fingerprint)


def check(signing: ToSign, evidence: Evidence, subject: str, anchors: TrustAnchors, now: datetime) -> list[Certificate]:
    """The path of certificates by which the signature is the firm's at this moment.

    Raises SignatureRefusedError, CertificateRefusedError.
    """
    pem, text = evidence.get("certificates"), evidence.get("signature")
    if not isinstance(pem, str) or not isinstance(text, str) or len(pem) > LARGEST or len(text) > LARGEST:
        raise SignatureRefusedError(
            "缺少签名或证书", hint="上传签名(base64)和 PEM 证书,签署人的证书在前", reason="evidence_missing"
        )
    found = Certificate.read(pem.encode("utf-8", "replace"))
    leaf, others = found[0], found[1:]
    path = anchors.check(leaf, others, now)
    if subject not in leaf.codes():
        raise refused("证书不是本企业的:其中没有本企业的统一社会信用代码", "subject")
    try:
        signature = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise SignatureRefusedError(
            "签名不是 base64", hint="以 base64 上传签名", reason="signature_malformed"
        ) from None
    if not leaf.verify(signing.content, signature):
        raise SignatureRefusedError(
            "签名与授权内容不符", hint="对平台给出的原文(不含换行)签名,用本企业证书的私钥", reason="signature"
        )
    return path
