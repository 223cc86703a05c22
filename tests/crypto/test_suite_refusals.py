"""What the suites refuse: anything altered, cut, of another key or of another kind."""

from __future__ import annotations

import base64
import pickle
from dataclasses import dataclass
from functools import cache

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed448, rsa, x25519
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from xinshu.core.errors import SettingError, XinshuError
from xinshu.crypto.libcrypto import LibcryptoError, libcrypto
from xinshu.crypto.suites import (
    GM,
    INTL,
    DecryptionError,
    KeyFormatError,
    KeyKindError,
    SigningKey,
    Suite,
    keys,
    suite,
)

PASSWORD = b"correct horse"
MESSAGE = "授权查询".encode() * 5
AAD = b"91320100748204660Q"
NONCE = bytes(range(12))


def sm2_missing() -> str:
    """Why SM2 cannot be tested here; empty: it can."""
    try:
        libcrypto()
    except LibcryptoError as error:
        return error.message
    return ""


WITH_SM2 = pytest.param(GM, id="gm", marks=pytest.mark.skipif(sm2_missing() != "", reason=sm2_missing()))
signing = pytest.mark.parametrize("chosen", [pytest.param(INTL, id="intl"), WITH_SM2])
both = pytest.mark.parametrize("chosen", [INTL, GM], ids=["intl", "gm"])


@dataclass(frozen=True)
class Sample:
    """A key and a signature, made once a suite."""

    key: SigningKey
    other: SigningKey
    signature: bytes


@cache
def sample(name: str) -> Sample:
    chosen = suite(name)
    key = chosen.generate_key()
    return Sample(key, chosen.generate_key(), key.sign(MESSAGE))


def flipped(data: bytes, place: int) -> bytes:
    """`data` with one bit turned."""
    out = bytearray(data)
    out[place // 8] ^= 1 << place % 8
    return bytes(out)


@signing
def test_every_changed_bit_of_a_signature_is_refused(chosen: Suite) -> None:
    made = sample(chosen.name)
    assert made.key.public.verify(MESSAGE, made.signature)
    for place in range(len(made.signature) * 8):
        assert not made.key.public.verify(MESSAGE, flipped(made.signature, place))


@signing
def test_every_changed_bit_of_a_message_is_refused(chosen: Suite) -> None:
    made = sample(chosen.name)
    for place in range(len(MESSAGE) * 8):
        assert not made.key.public.verify(flipped(MESSAGE, place), made.signature)


@signing
def test_signatures_cut_lengthened_or_of_another_key_are_refused(chosen: Suite) -> None:
    made = sample(chosen.name)
    for length in range(len(made.signature)):
        assert not made.key.public.verify(MESSAGE, made.signature[:length])
    for more in (b"\0", b"\x30\x00", made.signature, b"x" * 100_000):
        assert not made.key.public.verify(MESSAGE, made.signature + more)
    assert not made.other.public.verify(MESSAGE, made.signature)
    assert not made.key.public.verify(MESSAGE, made.other.sign(MESSAGE))


@signing
@settings(deadline=None)
@given(message=st.binary(max_size=300), noise=st.binary(max_size=100))
def test_what_was_signed_is_verified_and_noise_is_not(chosen: Suite, message: bytes, noise: bytes) -> None:
    made = sample(chosen.name)
    signature = made.key.sign(message)
    assert made.key.public.verify(message, signature)
    assert noise == message or not made.key.public.verify(noise, signature)
    assert not made.key.public.verify(message, noise)


@pytest.mark.skipif(sm2_missing() != "", reason=sm2_missing())
def test_a_signature_of_one_suite_is_none_of_the_other() -> None:
    intl, gm = sample("intl"), sample("gm")
    assert not intl.key.public.verify(MESSAGE, gm.signature)
    assert not gm.key.public.verify(MESSAGE, intl.signature)
    assert intl.key.public != gm.key.public
    assert (intl.key.suite, gm.key.public.suite) == ("intl", "gm")


@both
@settings(deadline=None)
@given(plain=st.binary(max_size=200), aad=st.binary(max_size=50), data=st.data())
def test_any_changed_bit_of_what_is_sealed_is_refused(
    chosen: Suite, plain: bytes, aad: bytes, data: st.DataObject
) -> None:
    key = data.draw(st.binary(min_size=chosen.key_bytes, max_size=chosen.key_bytes))
    cipher = chosen.cipher(key)
    sealed = cipher.encrypt(NONCE, plain, aad)
    assert len(sealed) == len(plain) + 16
    assert cipher.decrypt(NONCE, sealed, aad) == plain
    place = data.draw(st.integers(0, len(sealed) * 8 - 1))
    refuse(chosen, key, NONCE, flipped(sealed, place), aad)
    refuse(chosen, key, NONCE, sealed[: place // 8], aad)
    refuse(chosen, key, flipped(NONCE, data.draw(st.integers(0, 95))), sealed, aad)
    refuse(chosen, flipped(key, data.draw(st.integers(0, len(key) * 8 - 1))), NONCE, sealed, aad)
    other = data.draw(st.binary(max_size=50))
    assume(other != aad)
    refuse(chosen, key, NONCE, sealed, other)


def refuse(chosen: Suite, key: bytes, nonce: bytes, sealed: bytes, aad: bytes) -> None:
    """Refused, always in the same words."""
    with pytest.raises(DecryptionError) as caught:
        chosen.decrypt(key, nonce, sealed, aad)
    assert caught.value.as_dict() == DecryptionError().as_dict()
    assert caught.value.__cause__ is None


@both
def test_lengths_of_keys_and_nonces_are_kept(chosen: Suite) -> None:
    for length in {0, 1, 15, 16, 17, 24, 31, 32, 33, 64} - {chosen.key_bytes}:
        with pytest.raises(ValueError, match=f"not {length}"):
            chosen.cipher(bytes(length))
    cipher = chosen.cipher(bytes(chosen.key_bytes))
    for length in (0, 8, 11, 13, 16):
        with pytest.raises(ValueError, match=f"not {length}"):
            cipher.encrypt(bytes(length), b"", b"")
        refuse(chosen, bytes(chosen.key_bytes), bytes(length), bytes(32), b"")
    assert len(chosen.derive(b"key", b"info", 8160)) == 8160
    with pytest.raises(ValueError, match="8160"):
        chosen.derive(b"key", b"info", 8161)


def test_another_suite_s_name_is_refused() -> None:
    assert suite("intl") is INTL
    assert suite("gm") is GM
    for name in ("", "GM", "sm2", "国密"):
        with pytest.raises(SettingError, match="密码套件") as caught:
            suite(name)
        assert "intl" in caught.value.hint


@signing
@pytest.mark.parametrize(
    "pem",
    [
        b"",
        b"garbage",
        b"\xff\xfe\x00",
        "密钥".encode(),
        b"-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----\n",
        b"-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----\n",
        b"-----BEGIN PUBLIC KEY-----\nMFkw*EwYH\n-----END PUBLIC KEY-----\n",
        b"-----BEGIN PUBLIC KEY-----\nMFkwEwYHK\n-----END PRIVATE KEY-----\n",
        b"-----BEGIN CERTIFICATE-----\nMFkwEwYHK\n-----END CERTIFICATE-----\n",
        b"-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\nMFkw\n-----END RSA PRIVATE KEY-----\n",
        b"-----BEGIN PUBLIC KEY-----\n" + b"A" * 70_000 + b"\n-----END PUBLIC KEY-----\n",
        keys.write_pem(keys.PUBLIC, b"\x30\x80"),
        keys.write_pem(keys.PUBLIC, b"\x30\xff" + b"\xff" * 127),
        keys.write_pem(keys.PUBLIC, b"\x30\x04\x30\x02\x06\x00"),
        keys.write_pem(keys.PRIVATE, b"\x30\x07\x02\x01\x00\x30\x02\x06\x00"),
    ],
)
def test_what_is_no_key_is_refused(chosen: Suite, pem: bytes) -> None:
    for load in (chosen.load_public_key, chosen.load_signing_key):
        with pytest.raises(KeyFormatError) as caught:
            load(pem)
        assert caught.value.status == 400
        assert caught.value.hint != ""
        assert len(str(caught.value)) < 300


@signing
def test_keys_with_changed_bits_are_refused_or_other_keys(chosen: Suite) -> None:
    """Never another error, and never the same key under another name."""
    made = sample(chosen.name)
    info = made.key.public.to_der()
    for place in range(len(info) * 8):
        try:
            key = chosen.load_public_key(keys.write_pem(keys.PUBLIC, flipped(info, place)))
        except (KeyFormatError, KeyKindError):
            continue
        assert key.verify(MESSAGE, made.signature) == (key == made.key.public)
        assert (key.key_id == made.key.public.key_id) == (key == made.key.public)
    for length in range(len(info)):
        with pytest.raises(KeyFormatError):
            chosen.load_public_key(keys.write_pem(keys.PUBLIC, info[:length]))
    for more in (b"\0", info):
        with pytest.raises(KeyFormatError):
            chosen.load_public_key(keys.write_pem(keys.PUBLIC, info + more))


@signing
def test_private_keys_cut_or_changed_give_clear_errors(chosen: Suite) -> None:
    private = base64.b64decode(b"".join(sample(chosen.name).key.to_pem(None).splitlines()[1:-1]))
    for length in range(len(private)):
        with pytest.raises(KeyFormatError):
            chosen.load_signing_key(keys.write_pem(keys.PRIVATE, private[:length]))
    for place in range(len(private) * 8):
        try:
            key = chosen.load_signing_key(keys.write_pem(keys.PRIVATE, flipped(private, place)))
        except (KeyFormatError, KeyKindError) as error:
            assert private.hex() not in str(error.as_dict())
        else:
            assert key.public.verify(MESSAGE, key.sign(MESSAGE))


@pytest.mark.skipif(sm2_missing() != "", reason=sm2_missing())
def test_points_off_the_curve_are_refused() -> None:
    info = sample("gm").key.public.to_der()
    for point in (bytes(64), b"\xff" * 64, info[-64:-1] + bytes([info[-1] ^ 1])):
        with pytest.raises(KeyFormatError):
            GM.load_public_key(keys.write_pem(keys.PUBLIC, info[:-64] + point))


OTHERS = {
    "RSA": rsa.generate_private_key(65537, 2048),
    "EC P-256": ec.generate_private_key(ec.SECP256R1()),
    "EC P-384": ec.generate_private_key(ec.SECP384R1()),
    "EC secp256k1": ec.generate_private_key(ec.SECP256K1()),
    "X25519": x25519.X25519PrivateKey.generate(),
    "Ed448": ed448.Ed448PrivateKey.generate(),
}


@both
@pytest.mark.parametrize("name", list(OTHERS))
def test_keys_of_other_kinds_are_refused_by_name(chosen: Suite, name: str) -> None:
    """Before any library is asked, so that a node without SM2 tells as much."""
    key = OTHERS[name]
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    with pytest.raises(KeyKindError, match=f"这是 {name} 密钥,套件 {chosen.name} 需要"):
        chosen.load_public_key(public)
    with pytest.raises(KeyKindError, match=f"这是 {name} 密钥,套件 {chosen.name} 需要"):
        chosen.load_signing_key(pkcs8(name, NoEncryption()))


@signing
def test_encrypted_keys_of_other_kinds_are_refused(chosen: Suite) -> None:
    for name in OTHERS:
        with pytest.raises(KeyKindError):
            chosen.load_signing_key(pkcs8(name, BestAvailableEncryption(PASSWORD)), PASSWORD)
        with pytest.raises(KeyFormatError, match="密码不对"):
            chosen.load_signing_key(pkcs8(name, BestAvailableEncryption(PASSWORD)), b"wrong")


def pkcs8(name: str, encryption: KeySerializationEncryption) -> bytes:
    return OTHERS[name].private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption)


@pytest.mark.skipif(sm2_missing() != "", reason=sm2_missing())
def test_keys_of_the_other_suite_are_refused_by_name() -> None:
    intl, gm = sample("intl").key, sample("gm").key
    with pytest.raises(KeyKindError, match="SM2"):
        INTL.load_public_key(gm.public.to_pem())
    with pytest.raises(KeyKindError, match="Ed25519"):
        GM.load_public_key(intl.public.to_pem())
    with pytest.raises(KeyKindError, match="SM2"):
        INTL.load_signing_key(gm.to_pem(None))
    with pytest.raises(KeyKindError, match="Ed25519"):
        GM.load_signing_key(intl.to_pem(None))
    with pytest.raises(KeyFormatError, match="加密方式"):
        INTL.load_signing_key(gm.to_pem(PASSWORD), PASSWORD)
    with pytest.raises(KeyKindError, match="Ed25519"):
        GM.load_signing_key(intl.to_pem(PASSWORD), PASSWORD)


@signing
def test_passwords(chosen: Suite) -> None:
    key = sample(chosen.name).key
    sealed = key.to_pem(PASSWORD)
    assert chosen.load_signing_key(sealed, PASSWORD).public == key.public
    assert sealed != key.to_pem(PASSWORD)
    for password, words in ((None, "没有给出密码"), (b"wrong", "密码不对"), (b"", "没有给出密码")):
        with pytest.raises(KeyFormatError, match=words) as caught:
            chosen.load_signing_key(sealed, password)
        assert "wrong" not in str(caught.value.as_dict())
    with pytest.raises(KeyFormatError, match="没有加密"):
        chosen.load_signing_key(key.to_pem(None), PASSWORD)
    with pytest.raises(KeyFormatError, match="密码为空"):
        key.to_pem(b"")
    middle = len(sealed) // 2
    damaged = sealed[:middle] + (b"B" if sealed[middle : middle + 1] == b"A" else b"A") + sealed[middle + 1 :]
    with pytest.raises(XinshuError):
        chosen.load_signing_key(damaged, PASSWORD)


@signing
def test_a_key_shows_its_name_only(chosen: Suite) -> None:
    key = sample(chosen.name).key
    assert repr(key) == f"SigningKey({chosen.name}, {key.public.key_id})"
    assert repr(key.public) == f"PublicKey({chosen.name}, {key.public.key_id})"
    assert len(key.public.key_id) == 64
    with pytest.raises((TypeError, ValueError, AttributeError)):
        pickle.dumps(key)
    again = chosen.load_public_key(key.public.to_pem().replace(b"\n", b"\r\n"))
    assert len({again, key.public, sample(chosen.name).other.public}) == 2
