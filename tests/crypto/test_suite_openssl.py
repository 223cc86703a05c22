"""Both suites against the `openssl` command: what one signs, digests or writes, the other accepts, both ways."""

from __future__ import annotations

import secrets
import shutil
import subprocess
from pathlib import Path

import pytest

from xinshu.crypto.libcrypto import USER_ID, LibcryptoError, libcrypto
from xinshu.crypto.suites import GM, INTL, KeyFormatError, KeyKindError, Suite, der, keys

COMMAND = shutil.which("openssl")
MESSAGE = "企业信用报告\0".encode() * 50
PASSWORD = "口令 pass"


def run(*arguments: str | Path, data: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    assert COMMAND is not None
    return subprocess.run([COMMAND, *map(str, arguments)], input=data, capture_output=True, timeout=60, check=False)


def openssl(*arguments: str | Path, data: bytes = b"") -> bytes:
    """What the command writes; a failure fails the test with its words."""
    done = run(*arguments, data=data)
    assert done.returncode == 0, done.stderr.decode(errors="replace")
    return done.stdout


def missing() -> str:
    """Why nothing here can run; empty: it can."""
    if COMMAND is None:
        return "no openssl command"
    if run("genpkey", "-algorithm", "SM2").returncode != 0:
        return "the openssl command has no SM2"
    try:
        libcrypto()
    except LibcryptoError as error:
        return error.message
    return ""


REASON = missing()
pytestmark = pytest.mark.skipif(REASON != "", reason=REASON)
both = pytest.mark.parametrize("chosen", [INTL, GM], ids=["intl", "gm"])
ALGORITHM = {"intl": "ED25519", "gm": "SM2"}
SIGNING = {
    "intl": ["-rawin"],
    "gm": ["-rawin", "-digest", "sm3", "-pkeyopt", f"distid:{USER_ID.decode()}"],
}


@pytest.fixture
def files(tmp_path: Path) -> Path:
    (tmp_path / "message").write_bytes(MESSAGE)
    return tmp_path


def verified_by_command(files: Path, chosen: Suite) -> bool:
    public, message, signature = (files / name for name in ("public.pem", "message", "signature"))
    options = ["-pubin", "-inkey", public, "-in", message, "-sigfile", signature, *SIGNING[chosen.name]]
    return run("pkeyutl", "-verify", *options).returncode == 0


@both
def test_the_command_accepts_our_signatures(chosen: Suite, files: Path) -> None:
    key = chosen.generate_key()
    (files / "public.pem").write_bytes(key.public.to_pem())
    for _ in range(3):
        (files / "signature").write_bytes(key.sign(MESSAGE))
        assert verified_by_command(files, chosen)
    (files / "message").write_bytes(MESSAGE + b"x")
    assert not verified_by_command(files, chosen)


@both
def test_we_accept_the_command_s_signatures(chosen: Suite, files: Path) -> None:
    private = openssl("genpkey", "-algorithm", ALGORITHM[chosen.name])
    (files / "private.pem").write_bytes(private)
    public = chosen.load_public_key(openssl("pkey", "-pubout", data=private))
    for _ in range(3):
        options = ["-inkey", files / "private.pem", "-in", files / "message", "-out", files / "signature"]
        openssl("pkeyutl", "-sign", *options, *SIGNING[chosen.name])
        signature = (files / "signature").read_bytes()
        assert public.verify(MESSAGE, signature)
        assert not public.verify(MESSAGE + b"x", signature)


def test_sm2_signed_under_another_user_id_is_refused(files: Path) -> None:
    private = openssl("genpkey", "-algorithm", "SM2")
    (files / "private.pem").write_bytes(private)
    options = ["-rawin", "-digest", "sm3", "-pkeyopt", "distid:ALICE123@YAHOO.COM"]
    openssl(
        "pkeyutl", "-sign", "-inkey", files / "private.pem", "-in", files / "message", "-out", files / "sig", *options
    )
    public = GM.load_public_key(openssl("pkey", "-pubout", data=private))
    assert not public.verify(MESSAGE, (files / "sig").read_bytes())


@both
def test_the_command_s_keys_are_read(chosen: Suite) -> None:
    plain = openssl("genpkey", "-algorithm", ALGORITHM[chosen.name])
    key = chosen.load_signing_key(plain)
    assert key.public.to_pem() == openssl("pkey", "-pubout", data=plain)
    assert key.to_pem(None) == plain
    for cipher in ("aes-256-cbc", "aes-128-cbc"):
        sealed = openssl("pkcs8", "-topk8", "-v2", cipher, "-passout", f"pass:{PASSWORD}", data=plain)
        assert chosen.load_signing_key(sealed, PASSWORD.encode()).public == key.public
        for password in (b"wrong", PASSWORD.encode() + b" "):
            with pytest.raises(KeyFormatError, match="密码不对"):
                chosen.load_signing_key(sealed, password)


@both
def test_the_command_reads_our_keys(chosen: Suite) -> None:
    key = chosen.generate_key()
    assert openssl("pkey", "-pubout", data=key.to_pem(None)) == key.public.to_pem()
    assert openssl("pkey", "-pubin", "-pubout", data=key.public.to_pem()) == key.public.to_pem()
    sealed = key.to_pem(PASSWORD.encode())
    assert sealed.startswith(b"-----BEGIN ENCRYPTED PRIVATE KEY-----\n")
    assert openssl("pkey", "-passin", f"pass:{PASSWORD}", data=sealed) == key.to_pem(None)
    assert run("pkey", "-passin", "pass:wrong", data=sealed).returncode != 0
    shown = openssl("asn1parse", data=sealed).decode()
    assert {"intl": "aes-256-cbc", "gm": "sm4-cbc"}[chosen.name] in shown
    assert f"INTEGER           :{keys.PASSWORD_ROUNDS:06X}" in shown
    assert chosen.load_signing_key(sealed, PASSWORD.encode()).public == key.public


def test_an_encrypted_sm2_key_is_refused_by_intl() -> None:
    sealed = openssl("pkcs8", "-topk8", "-v2", "aes-256-cbc", "-passout", "pass:x", data=GM.generate_key().to_pem(None))
    with pytest.raises(KeyKindError, match="套件 intl"):
        INTL.load_signing_key(sealed, b"x")


def test_one_sm2_key_has_one_name_however_its_point_is_written() -> None:
    key = GM.generate_key().public
    point = key.to_der()[-64:]
    odd = point[-1] & 1
    algorithm = der.sequence(der.oid("1.2.840.10045.2.1"), der.oid(keys.SM2))
    for body in (bytes([2 + odd]) + point[:32], bytes([6 + odd]) + point):
        other = keys.write_pem(keys.PUBLIC, der.sequence(algorithm, der.tlv(0x03, b"\0" + body)))
        assert run("pkey", "-pubin", "-noout", data=other).returncode == 0
        assert other != key.to_pem()
        assert GM.load_public_key(other) == key
        assert GM.load_public_key(other).key_id == key.key_id


def test_other_forms_of_an_sm2_key_are_refused_with_the_remedy() -> None:
    old = openssl("ec", data=GM.generate_key().to_pem(None))
    with pytest.raises(KeyFormatError, match=r"PEM 的类型是 \w+ PRIVATE KEY") as caught:
        GM.load_signing_key(old)
    assert "openssl pkcs8 -topk8" in caught.value.hint
    assert GM.load_signing_key(openssl("pkcs8", "-topk8", "-nocrypt", data=old)).public.key_id
    spelled = openssl("ecparam", "-genkey", "-name", "SM2", "-noout", "-param_enc", "explicit")
    with pytest.raises(KeyKindError, match="自定义参数"):
        GM.load_signing_key(openssl("pkcs8", "-topk8", "-nocrypt", data=spelled))


def test_kinds_of_keys_made_by_the_command_are_refused_by_name() -> None:
    kinds = {
        "RSA": ["-algorithm", "RSA"],
        "EC P-256": ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"],
        "X25519": ["-algorithm", "X25519"],
    }
    for name, options in kinds.items():
        private = openssl("genpkey", *options)
        public = openssl("pkey", "-pubout", data=private)
        for chosen in (INTL, GM):
            with pytest.raises(KeyKindError, match=f"这是 {name} 密钥"):
                chosen.load_signing_key(private)
            with pytest.raises(KeyKindError, match=f"这是 {name} 密钥"):
                chosen.load_public_key(public)


@both
def test_digests_agree_with_the_command(chosen: Suite) -> None:
    name = {"intl": "sha256", "gm": "sm3"}[chosen.name]
    for size in (0, 1, 55, 56, 64, 100_000):
        data, key = secrets.token_bytes(size), secrets.token_bytes(32)
        assert openssl("dgst", f"-{name}", "-binary", data=data) == chosen.digest(data)
        options = ["-digest", name, "-binary", "-macopt", f"hexkey:{key.hex()}"]
        assert openssl("mac", *options, "-in", "-", "HMAC", data=data) == chosen.hmac(key, data)
    given = {"hexkey": "0b" * 32, "hexsalt": "00112233", "hexinfo": "f0f1f2"}
    options = [part for key, value in given.items() for part in ("-kdfopt", f"{key}:{value}")]
    out = openssl("kdf", "-keylen", "80", "-binary", "-kdfopt", f"digest:{name}", *options, "HKDF")
    assert out == chosen.derive(b"\x0b" * 32, bytes.fromhex("f0f1f2"), 80, bytes.fromhex("00112233"))


@both
def test_ciphertext_is_the_command_s_counter_mode_from_two(chosen: Suite) -> None:
    """The command does no GCM; its counter mode must give the same text (NIST SP 800-38D, 7.1)."""
    key, nonce = secrets.token_bytes(chosen.key_bytes), secrets.token_bytes(12)
    name = {"intl": "-aes-256-ctr", "gm": "-sm4-ctr"}[chosen.name]
    theirs = openssl("enc", name, "-K", key.hex(), "-iv", nonce.hex() + "00000002", data=MESSAGE)
    assert chosen.encrypt(key, nonce, MESSAGE, b"bound")[:-16] == theirs
