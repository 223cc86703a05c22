"""The signature of an authorisation as a file, and checking it without the platform."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from xinshu.consent.artefact import Artefact, digest_of
from xinshu.consent.errors import ArtefactInvalidError, CertificateRefusedError, SignatureRefusedError
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
    """What was found: each check that was made, in words.

    `at`: when it was signed, `recorded` by the platform's ledger, or else as the file itself says. `proven`: more than
    the file vouches for it: an authority that is trusted, or the platform's ledger.
    """

    artefact: Artefact
    method: str
    capacity: str
    at: datetime
    checks: tuple[str, ...]
    proven: bool
    recorded: bool


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


def verify(
    file: Mapping[str, Any], anchors: TrustAnchors, now: datetime, leaf: Mapping[str, Any] | None = None
) -> Verified:
    """Check a signature file. `leaf`: the step of signing as the platform's ledger has it, from a receipt that was
    verified with the platform's key (`ledger.receipts.verify`).

    A passkey's signature comes with its key, and whoever makes a file may put a key of his own into it: only the leaf,
    which has the key's digest, proves whose it is. A certificate's is proven by its authority; the time in the file may
    be earlier than the truth, so that without a leaf the certificate has to hold now as well. Password and code, and
    paper, leave nothing that could be checked by itself.

    Raises SignatureFileError, ArtefactInvalidError, SignatureRefusedError and others of `signing`.
    """
    try:
        if file["form"] != FORM:
            raise SignatureFileError(f"不认识的格式 {file['form']}", hint=f"需要 {FORM}")
        chosen, content = suite(file["suite"]), file["artefact"].encode()
        claimed = bytes.fromhex(file["digest"])
        signed = next(one for one in file["signatures"] if one["part"] in ("signer", "paper"))
        at, method, capacity = datetime.fromisoformat(signed["at"]), signed["method"], signed["capacity"]
        evidence = signed["evidence"]
        if at.tzinfo is None:
            raise ValueError("no time zone")
    except (KeyError, TypeError, ValueError, AttributeError, StopIteration, SettingError):
        raise SignatureFileError("不是授权签名文件,或内容不全", hint="从平台重新下载") from None
    artefact = Artefact.parse(content)
    digest = digest_of(content, chosen)
    if digest != claimed or artefact.suite != chosen.name:
        raise ArtefactInvalidError("授权内容与摘要不符", hint="内容被改动,或文件不完整;从平台重新下载")
    if artefact.signer is None or artefact.signer.capacity != capacity:
        raise SignatureRefusedError("签署身份与授权内容不符", hint="从平台重新下载", reason="capacity")
    checks = ["授权内容是规范文本,与摘要相符"]
    if leaf is not None:
        at = _recorded(leaf, artefact, digest, method)
    elif at > now:
        raise SignatureRefusedError(f"文件所称的签署时间 {at} 还没有到", hint="从平台重新下载", reason="future")
    signing, proven, key = ToSign(content, digest), False, ""
    if method == "passkey":
        key = passkeys.verify_kept(signing, evidence)
        checks.append("通行密钥对摘要的签名有效,经过使用者本人验证")
        proven = leaf is not None
        if leaf is None:
            checks.append("通行密钥的公钥出自文件本身,是谁的密钥须由平台的存证回执证明")
    elif method == "certificate":
        path = certificates.check(signing, evidence, artefact.grantor.subject, anchors, at)
        key = path[0].fingerprint
        checks.append(f"证书 {key[:16]}… 在签署时有效,由信任的机构签发,含有授权人的代码,对授权内容的签名有效")
        proven = leaf is not None or _holds_now(signing, evidence, artefact.grantor.subject, anchors, now)
        if not proven:
            checks.append("证书现已过期或被吊销,而签署时间可以倒填:须由平台的存证回执证明签署在前")
    else:
        checks.append("此签署方式没有可独立验证的签名,以平台的存证为准")
    if leaf is not None:
        if key != str(leaf["about"].get("key_digest", "")):
            raise _unlike("签名的密钥与存证中的不同")
        checks.append("存证回执记有这一签署:同一授权、同一内容" + ("、同一密钥" if key else ""))
    return Verified(artefact, method, capacity, at, tuple(checks), proven, leaf is not None)


def _recorded(leaf: Mapping[str, Any], artefact: Artefact, digest: bytes, method: str) -> datetime:
    """When the ledger says that this very authorisation was signed. Raises SignatureRefusedError."""
    event = "attach" if method == "paper" else "attest" if method == "witnessed" else "sign"
    try:
        about, at = leaf["about"], datetime.fromisoformat(leaf["at"])
        told = (leaf["kind"], about["consent"], about["event"], about["digest"], leaf["subject"])
    except (KeyError, TypeError, ValueError):
        raise _unlike("回执证明的不是授权的一步") from None
    if told != ("consent", artefact.id, event, digest.hex(), artefact.grantor.subject):
        raise _unlike("回执证明的不是这件授权的签署")
    if method != "paper" and (artefact.signer is None or leaf["principal"] != artefact.signer.account):
        raise _unlike("存证中的签署人不是授权所写的签署人")
    return at


def _holds_now(signing: ToSign, evidence: Any, subject: str, anchors: TrustAnchors, now: datetime) -> bool:
    try:
        certificates.check(signing, evidence, subject, anchors, now)
    except CertificateRefusedError:
        return False
    return True


def _unlike(words: str) -> SignatureRefusedError:
    return SignatureRefusedError(words, hint="取签署那一步的存证回执,与签名文件一起验证", reason="receipt")
