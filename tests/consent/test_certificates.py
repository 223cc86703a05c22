"""Signing with certificates: which are taken, and each check that refuses one."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from certificate_kit import FIRM, START, Holder, Sm2Firm, issue, no_sm2, revoke
from cryptography import x509
from cryptography.x509.oid import ObjectIdentifier

from xinshu.consent.errors import SignatureRefusedError
from xinshu.consent.signing.certificates import check
from xinshu.consent.signing.model import ToSign
from xinshu.consent.signing.x509 import Certificate, TrustAnchors
from xinshu.core.errors import SettingError
from xinshu.crypto.suites import GM, INTL

NOW = datetime(2026, 6, 1, 2, tzinfo=UTC)
EMPTY = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----"
CONTENT = '{"示例":1}'.encode()
SIGNING = ToSign(CONTENT, INTL.digest(CONTENT))


@pytest.fixture(scope="module")
def root() -> Holder:
    return issue(None, "示例根 CA", ca=True, days=3650)


def anchors(*holders: Holder) -> TrustAnchors:
    return TrustAnchors([Certificate(one.certificate) for one in holders])


def evidence(signer: Holder, *others: Holder, message: bytes = CONTENT) -> dict[str, str]:
    return {"signature": signer.sign(message), "certificates": "".join(one.pem() for one in (signer, *others))}


def reason(signer: Holder, *others: Holder, trusted: TrustAnchors, message: bytes = CONTENT, firm: str = FIRM) -> str:
    """Why a signature is refused."""
    with pytest.raises(SignatureRefusedError) as caught:
        check(SIGNING, evidence(signer, *others, message=message), firm, trusted, NOW)
    assert caught.value.hint
    return str(caught.value.details["reason"])


@pytest.mark.parametrize("kind", ["p256", "p384", "ed25519", "rsa"])
def test_certificates_of_each_kind_of_key(root: Holder, kind: str) -> None:
    signer = issue(root, "示例公司", kind=kind, code=FIRM)
    path = check(SIGNING, evidence(signer), FIRM, anchors(root), NOW)
    assert [one.parsed for one in path] == [signer.certificate, root.certificate]


def test_authorities_between(root: Holder) -> None:
    upper = issue(root, "中间 CA", ca=True, path_length=1, kind="ed25519")
    lower = issue(upper, "下级 CA", ca=True, path_length=0)
    signer = issue(lower, "示例公司", code=FIRM)
    for order in ((upper, lower), (lower, upper)):
        assert len(check(SIGNING, evidence(signer, *order), FIRM, anchors(root), NOW)) == 4
    assert reason(signer, lower, trusted=anchors(root)) == "untrusted"
    assert len(check(SIGNING, evidence(signer), FIRM, anchors(lower), NOW)) == 2
    too_low = issue(lower, "更下级 CA", ca=True)
    assert reason(issue(too_low, "公司", code=FIRM), too_low, lower, upper, trusted=anchors(root)) == "chain"


@pytest.mark.parametrize("code", [FIRM.lower(), f"NTRCN-{FIRM}", f"统一社会信用代码:{FIRM}"])
def test_ways_in_which_the_code_is_written(root: Holder, code: str) -> None:
    signer = issue(root, code)  # as common name, which may be Chinese
    assert check(SIGNING, evidence(signer), FIRM, anchors(root), NOW)


def test_the_code_in_an_extension_of_gm_t_0015(root: Holder) -> None:
    value = x509.UnrecognizedExtension(ObjectIdentifier("1.2.156.10260.4.1.3"), b"\x13\x12" + FIRM.encode())
    signer = issue(root, "示例公司", extensions=[(value, False)])
    assert check(SIGNING, evidence(signer), FIRM, anchors(root), NOW)


@pytest.mark.parametrize(
    ("how", "why"),
    [
        ({"code": "91320281142232229Q"}, "subject"),
        ({"code": None}, "subject"),
        ({"code": f"X{FIRM}"}, "subject"),  # part of a longer word
        ({"usage": "agree"}, "key_usage"),
        ({"usage": None}, "key_usage"),
        ({"ca": True}, "key_usage"),
        ({"days": 100}, "validity"),
        ({"start": NOW + timedelta(seconds=1)}, "validity"),
        ({"kind": "rsa-short"}, "algorithm"),
        ({"kind": "secp256k1"}, "algorithm"),
        ({"extensions": [(x509.UnrecognizedExtension(ObjectIdentifier("1.2.3.4"), b"x"), True)]}, "extension"),
    ],
    ids=str,
)
def test_certificates_that_do_not_serve(root: Holder, how: dict[str, object], why: str) -> None:
    signer = issue(root, "示例公司", **({"code": FIRM} | how))  # type: ignore[arg-type]
    assert reason(signer, trusted=anchors(root)) == why


def test_authorities_that_do_not_serve(root: Holder) -> None:
    stranger = issue(None, "示例根 CA", ca=True)  # same name, another key
    assert reason(issue(stranger, "公司", code=FIRM), trusted=anchors(root)) == "untrusted"
    assert reason(issue(stranger, "公司", code=FIRM), stranger, trusted=anchors(root)) == "untrusted"
    assert reason(issue(root, "公司", code=FIRM), trusted=anchors()) == "untrusted"
    no_authority = issue(root, "普通证书", code=FIRM)
    assert reason(issue(no_authority, "公司", code=FIRM), no_authority, trusted=anchors(root)) == "chain"
    old = issue(None, "旧根 CA", ca=True, days=30)
    assert reason(issue(old, "公司", code=FIRM), trusted=anchors(old)) == "validity"
    itself = issue(None, "自签公司", code=FIRM)
    assert reason(itself, trusted=anchors(root)) == "untrusted"


def test_signatures_that_do_not_serve(root: Holder) -> None:
    signer, other = issue(root, "公司", code=FIRM), issue(root, "公司", code=FIRM)
    assert reason(signer, message=CONTENT + b" ", trusted=anchors(root)) == "signature"
    crossed = {"signature": other.sign(CONTENT), "certificates": signer.pem()}
    with pytest.raises(SignatureRefusedError) as caught:
        check(SIGNING, crossed, FIRM, anchors(root), NOW)
    assert caught.value.details["reason"] == "signature"


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({}, "evidence_missing"),
        ({"signature": "AA=="}, "evidence_missing"),
        ({"signature": "A" * 70_000, "certificates": "x"}, "evidence_missing"),
        ({"signature": "AA==", "certificates": ""}, "malformed"),
        ({"signature": "AA==", "certificates": EMPTY}, "malformed"),
        ({"signature": "AA==", "certificates": "\ud800"}, "malformed"),
        ({"signature": 7, "certificates": []}, "evidence_missing"),
    ],
)  # fmt: skip
def test_malformed_evidence(root: Holder, given: dict[str, object], why: str) -> None:
    with pytest.raises(SignatureRefusedError) as caught:
        check(SIGNING, given, FIRM, anchors(root), NOW)
    assert caught.value.details["reason"] == why


def test_a_signature_that_is_no_base64(root: Holder) -> None:
    signer = issue(root, "公司", code=FIRM)
    with pytest.raises(SignatureRefusedError) as caught:
        check(SIGNING, {"signature": "签名", "certificates": signer.pem()}, FIRM, anchors(root), NOW)
    assert caught.value.details["reason"] == "signature_malformed"


def test_damaged_certificates_give_an_answer(root: Holder) -> None:
    """Every single byte changed: a refusal, never anything else."""
    signer = issue(root, "公司", code=FIRM)
    der = base64.b64decode("".join(signer.pem().splitlines()[1:-1]))
    for at in range(0, len(der), 7):
        broken = der[:at] + bytes([der[at] ^ 0x41]) + der[at + 1 :]
        pem = f"-----BEGIN CERTIFICATE-----\n{base64.encodebytes(broken).decode()}-----END CERTIFICATE-----\n"
        with pytest.raises(SignatureRefusedError):
            check(SIGNING, {"signature": signer.sign(CONTENT), "certificates": pem}, FIRM, anchors(root), NOW)


def test_folder_of_anchors_and_revoked_certificates(tmp_path: Path, root: Holder) -> None:
    assert len(TrustAnchors.load(tmp_path / "absent")) == 0
    (tmp_path / "root.pem").write_text(root.pem())
    (tmp_path / "notes.txt").write_text("not read")
    signer, other = issue(root, "公司", code=FIRM), issue(root, "公司", code=FIRM)
    assert check(SIGNING, evidence(signer), FIRM, TrustAnchors.load(tmp_path), NOW)
    (tmp_path / "root.crl").write_text(revoke(root, signer.certificate, NOW - timedelta(days=1)))
    loaded = TrustAnchors.load(tmp_path)
    assert reason(signer, trusted=loaded) == "revoked"
    assert check(SIGNING, evidence(other), FIRM, loaded, NOW)
    (tmp_path / "root.crl").write_text(revoke(root, other.certificate, START, days=30))
    assert reason(signer, trusted=TrustAnchors.load(tmp_path)) == "revocation_list_stale"
    stranger = issue(None, "示例根 CA", ca=True)
    (tmp_path / "root.crl").write_text(revoke(stranger, signer.certificate, NOW - timedelta(days=1)))
    assert check(SIGNING, evidence(signer), FIRM, TrustAnchors.load(tmp_path), NOW)  # a list that nobody trusted signed
    (tmp_path / "broken.crt").write_text("no certificate")
    with pytest.raises(SettingError, match=r"broken\.crt"):
        TrustAnchors.load(tmp_path)


@pytest.mark.skipif(no_sm2() != "", reason=no_sm2())
def test_sm2_certificates_made_by_openssl(tmp_path: Path, root: Holder) -> None:
    firm = Sm2Firm.make(tmp_path / "firm")
    made = firm.sign(CONTENT)
    trusted = TrustAnchors(Certificate.read(firm.anchor.encode()))
    other = Sm2Firm.make(tmp_path / "other")
    now = datetime.now(UTC)  # openssl dates certificates from now
    given = {"signature": made, "certificates": firm.certificate}
    path = check(ToSign(CONTENT, GM.digest(CONTENT)), given, FIRM, trusted, now)
    assert len(path) == 2 and path[0].sm2_key is not None
    for changed, why in (
        (given | {"signature": firm.sign(CONTENT + b"!")}, "signature"),
        (given | {"certificates": other.certificate}, "untrusted"),
    ):
        with pytest.raises(SignatureRefusedError) as caught:
            check(ToSign(CONTENT, GM.digest(CONTENT)), changed, FIRM, trusted, now)
        assert caught.value.details["reason"] == why
    with pytest.raises(SignatureRefusedError) as caught:
        check(SIGNING, given, FIRM, anchors(root), now)
    assert caught.value.details["reason"] == "untrusted"
