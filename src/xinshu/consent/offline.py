"""The signature of an authorisation as a file, and checking it without the platform."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from xinshu.consent.artefact import Artefact, digest_of
from xinshu.consent.errors import ArtefactInvalidError, SignatureRefusedError
from xinshu.consent.model import Consent, Signature
from xinshu.consent.signing import certificates, passkeys
from xinshu.consent.signing.model import ToSign
from xinshu.consent.signing.x509 import TrustAnchors
from xinshu.core.errors import SettingError, XinshuError
from xinshu.crypto.suites import suite

FORM = "xinshu-consent-signature-1"


class SignatureFileError(XinshuError):
    """The file is not one of a signature."""

    code: ClassVar[str] = "signature_file_invalid"


@dataclass(frozen=True)
class Verified:
    """What was found: each check that was made, in words; `proven`: the signer's own key vouches for the content."""

    artefact: Artefact
    method: str
    capacity: str
    at: datetime
    checks: tuple[str, ...]
    proven: bool


def signature_file(consent: Consent, signatures: tuple[Signature, ...]) -> dict[str, Any]:
    """The file: the canonical artefact that was signed, its digest, and who signed, witnessed or verified it."""
    return {
        "form": FORM,
        "consent": str(consent.id),
        "suite": consent.suite,
        "digest": consent.digest.hex(),
        "artefact": consent.content.decode(),
        "signatures": [
            {
                "part": one.part,
                "method": one.method,
                "principal": one.principal,
                "capacity": one.capacity,
                "at": one.at.isoformat(),
                "evidence": one.evidence,
            }
            for one in signatures
        ],
    }


def verify(file: Mapping[str, Any], anchors: TrustAnchors) -> Verified:
    """Check a signature file. Raises SignatureFileError, ArtefactInvalidError, SignatureRefusedError and others of
    `signing`.

    Password and code, and paper, leave nothing that could be checked by itself: there the platform's ledger is the
    proof, and `proven` is False.
    """
    try:
        if file["form"] != FORM:
            raise SignatureFileError(f"不认识的格式 {file['form']}", hint=f"需要 {FORM}")
        chosen, content = suite(file["suite"]), file["artefact"].encode()
        claimed = bytes.fromhex(file["digest"])
        signed = next(one for one in file["signatures"] if one["part"] in ("signer", "paper"))
        at, method, capacity = datetime.fromisoformat(signed["at"]), signed["method"], signed["capacity"]
        evidence = signed["evidence"]
    except (KeyError, TypeError, ValueError, AttributeError, StopIteration, SettingError):
        raise SignatureFileError("不是授权签名文件,或内容不全", hint="从平台重新下载") from None
    artefact = Artefact.parse(content)
    digest = digest_of(content, chosen)
    if digest != claimed or artefact.suite != chosen.name:
        raise ArtefactInvalidError("授权内容与摘要不符", hint="内容被改动,或文件不完整;从平台重新下载")
    checks = ["授权内容是规范文本,与摘要相符"]
    if artefact.signer is None or artefact.signer.capacity != capacity:
        raise SignatureRefusedError("签署身份与授权内容不符", hint="从平台重新下载", reason="capacity")
    signing = ToSign(content, digest)
    if method == "passkey":
        key = passkeys.verify_kept(signing, evidence)
        checks.append(f"通行密钥 {key[:16]}… 对摘要的签名有效,经过使用者本人验证")
    elif method == "certificate":
        path = certificates.check(signing, evidence, artefact.grantor.subject, anchors, at)
        checks.append(f"证书 {path[0].fingerprint[:16]}… 在签署时有效,由信任的机构签发,含有授权人的代码")
        checks.append("证书对授权内容的签名有效")
    else:
        checks.append("此签署方式没有可独立验证的签名,以平台的存证为准")
    return Verified(artefact, method, capacity, at, tuple(checks), method in ("passkey", "certificate"))
