"""Known answers of both suites, from the standards."""

from __future__ import annotations

import hashlib
import hmac

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, modes
from cryptography.hazmat.primitives.ciphers.algorithms import SM4

from xinshu.crypto.libcrypto import LibcryptoError, libcrypto
from xinshu.crypto.suites import GM, INTL, DecryptionError, KeyFormatError, PublicKey, SigningKey, Suite, der, keys


def hexadecimal(text: str) -> bytes:
    return bytes.fromhex(text)


def sm2_missing() -> str:
    """Why SM2 cannot be tested here; empty: it can."""
    try:
        libcrypto()
    except LibcryptoError as error:
        return error.message
    return ""


needs_sm2 = pytest.mark.skipif(sm2_missing() != "", reason=sm2_missing())


# FIPS 180-2, B.1, B.2 and the empty message (NIST CAVS)
@pytest.mark.parametrize(
    ("message", "digest"),
    [
        (b"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        (b"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            b"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
        ),
    ],
)
def test_sha256(message: bytes, digest: str) -> None:
    assert INTL.digest(message).hex() == digest


# GB/T 32905-2016, A.1 and A.2
@pytest.mark.parametrize(
    ("message", "digest"),
    [
        (b"abc", "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"),
        (b"abcd" * 16, "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732"),
    ],
)
def test_sm3(message: bytes, digest: str) -> None:
    assert GM.digest(message).hex() == digest


# FIPS 180-2, B.3: a million times "a", fed in pieces
def test_sha256_piece_by_piece() -> None:
    hasher = INTL.hasher()
    for _ in range(1000):
        hasher.update(b"a" * 1000)
    assert hasher.digest().hex() == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"


@pytest.mark.parametrize("chosen", [INTL, GM])
def test_a_digest_may_be_read_on_the_way(chosen: Suite) -> None:
    hasher = chosen.hasher()
    assert hasher.digest() == chosen.digest(b"")
    hasher.update(b"ab")
    assert hasher.digest() == chosen.digest(b"ab")
    hasher.update(b"c")
    assert hasher.digest() == hasher.digest() == chosen.digest(b"abc")


# RFC 4231, test cases 1, 2 and 6
@pytest.mark.parametrize(
    ("key", "data", "digest"),
    [
        (b"\x0b" * 20, b"Hi There", "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"),
        (
            b"Jefe",
            b"what do ya want for nothing?",
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
        ),
        (
            b"\xaa" * 131,
            b"Test Using Larger Than Block-Size Key - Hash Key First",
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
        ),
    ],
)
def test_hmac_sha256(key: bytes, data: bytes, digest: str) -> None:
    assert INTL.hmac(key, data).hex() == digest


# RFC 2104, 2: the definition, over SM3 (test_suite_openssl.py compares with the openssl command)
@pytest.mark.parametrize("key", [b"", b"k", b"\x0b" * 20, b"\xaa" * 64, b"\xaa" * 131])
def test_hmac_sm3_is_hmac_over_sm3(key: bytes) -> None:
    block = (GM.digest(key) if len(key) > 64 else key).ljust(64, b"\0")
    inner = GM.digest(bytes(byte ^ 0x36 for byte in block) + b"data")
    assert GM.hmac(key, b"data") == GM.digest(bytes(byte ^ 0x5C for byte in block) + inner)


# RFC 5869, A.1, A.2 and A.3
@pytest.mark.parametrize(
    ("key", "salt", "info", "out"),
    [
        (
            b"\x0b" * 22,
            bytes(range(0x0D)),
            bytes(range(0xF0, 0xFA)),
            "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865",
        ),
        (
            bytes(range(0x50)),
            bytes(range(0x60, 0xB0)),
            bytes(range(0xB0, 0x100)),
            "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c59045a99cac7827271cb41c65e590e09"
            "da3275600c2f09b8367793a9aca3db71cc30c58179ec3e87c14c01d5c1f3434f1d87",
        ),
        (
            b"\x0b" * 22,
            b"",
            b"",
            "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8",
        ),
    ],
)
def test_hkdf_sha256(key: bytes, salt: bytes, info: bytes, out: str) -> None:
    assert INTL.derive(key, info, len(out) // 2, salt).hex() == out


# RFC 5869, 2: extract and expand, over HMAC-SM3 (likewise)
@pytest.mark.parametrize("length", [1, 16, 32, 42, 100])
def test_hkdf_sm3_is_hkdf_over_hmac_sm3(length: int) -> None:
    extracted = GM.hmac(b"salt", b"key")
    block, out = b"", b""
    for number in range(1, 5):
        block = GM.hmac(extracted, block + b"info" + bytes([number]))
        out += block
    assert GM.derive(b"key", b"info", length, b"salt") == out[:length]


# McGrew and Viega, The Galois/Counter Mode of Operation, test cases 13, 14 and 16 (those of NIST's submission)
@pytest.mark.parametrize(
    ("key", "nonce", "plain", "aad", "sealed"),
    [
        ("00" * 32, "00" * 12, "", "", "530f8afbc74536b9a963b4f1c4cb738b"),
        ("00" * 32, "00" * 12, "00" * 16, "", "cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919"),
        (
            "feffe9928665731c6d6a8f9467308308" * 2,
            "cafebabefacedbaddecaf888",
            "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
            "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39",
            "feedfacedeadbeeffeedfacedeadbeefabaddad2",
            "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838"
            "c5f61e6393ba7a0abcc9f66276fc6ece0f4e1768cddf8853bb2d551b",
        ),
    ],
)
def test_aes_256_gcm(key: str, nonce: str, plain: str, aad: str, sealed: str) -> None:
    check_sealing(INTL, *map(hexadecimal, (key, nonce, plain, aad, sealed)))


# RFC 8998, A.1
def test_sm4_gcm() -> None:
    check_sealing(
        GM,
        hexadecimal("0123456789abcdeffedcba9876543210"),
        hexadecimal("00001234567800000000abcd"),
        hexadecimal(
            "aaaaaaaaaaaaaaaabbbbbbbbbbbbbbbbccccccccccccccccdddddddddddddddd"
            "eeeeeeeeeeeeeeeeffffffffffffffffeeeeeeeeeeeeeeeeaaaaaaaaaaaaaaaa"
        ),
        hexadecimal("feedfacedeadbeeffeedfacedeadbeefabaddad2"),
        hexadecimal(
            "17f399f08c67d5ee19d0dc9969c4bb7d5fd46fd3756489069157b282bb200735"
            "d82710ca5c22f0ccfa7cbf93d496ac15a56834cbcf98c397b4024a2691233b8d"
            "83de3541e4c2b58177e065a9bf7b62ec"
        ),
    )


def check_sealing(chosen: Suite, key: bytes, nonce: bytes, plain: bytes, aad: bytes, sealed: bytes) -> None:
    cipher = chosen.cipher(key)
    for _ in range(2):
        assert cipher.encrypt(nonce, plain, aad) == sealed
        assert cipher.decrypt(nonce, sealed, aad) == plain
    assert chosen.encrypt(key, nonce, plain, aad) == sealed
    assert chosen.decrypt(key, nonce, sealed, aad) == plain
    with pytest.raises(DecryptionError):
        chosen.decrypt(key, nonce, sealed, aad + b"x")


# GB/T 32907-2016, A.1: the block cipher, and that it is the one under our GCM (NIST SP 800-38D, 7.1: counter from 2)
def test_sm4_block_is_what_our_gcm_is_made_of() -> None:
    key = hexadecimal("0123456789abcdeffedcba9876543210")
    block = Cipher(SM4(key), modes.ECB()).encryptor()  # noqa: S305
    assert block.update(key) == hexadecimal("681edf34d206965e86b3e94f536e4246")
    nonce = bytes(range(12))
    stream = b"".join(block.update(nonce + number.to_bytes(4, "big")) for number in (2, 3))
    assert GM.encrypt(key, nonce, bytes(32), b"")[:32] == stream


# RFC 8032, 7.1, tests 1, 2, 3
@pytest.mark.parametrize(
    ("private", "public", "message", "signature"),
    [
        (
            "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
            "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
            "",
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46b"
            "d25bf5f0595bbe24655141438e7a100b",
        ),
        (
            "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
            "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
            "72",
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c"
            "387b2eaeb4302aeeb00d291612bb0c00",
        ),
        (
            "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
            "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
            "af82",
            "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc659"
            "4a7c15e9716ed28dc027beceea1ec40a",
        ),
    ],
)
def test_ed25519(private: str, public: str, message: str, signature: str) -> None:
    # RFC 8410, 7: the private key is an octet string within an octet string
    algorithm = der.sequence(der.oid(keys.ED25519))
    inner = der.tlv(0x04, hexadecimal(private))
    plain = der.sequence(der.integer(0), algorithm, der.tlv(0x04, inner))
    key = INTL.load_signing_key(keys.write_pem(keys.PRIVATE, plain))
    assert key.public.to_der().hex().endswith(public)
    assert key.sign(hexadecimal(message)).hex() == signature
    assert key.public.verify(hexadecimal(message), hexadecimal(signature))
    assert not key.public.verify(hexadecimal(message) + b"x", hexadecimal(signature))


# GB/T 32918.5-2017, A.2: curve sm2p256v1, user id 1234567812345678, "message digest"
SM2_PRIVATE = hexadecimal("3945208f7b2144b13f36e38ac6d39f95889393692860b51a42fb81ef4df7c5b8")
SM2_POINT = hexadecimal(
    "09f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020"
    "ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13"
)
SM2_MESSAGE = b"message digest"
SM2_R = 0xF5A03B0648D2C4630EEAC513E1BB81A15944DA3827D5B74143AC7EACEEE720B3
SM2_S = 0xB1B6AA29DF212FD8763182BC0D421CA1BB9038FD1F7F42D4840B69C485BBC1AA
SM2_ALGORITHM = der.sequence(der.oid("1.2.840.10045.2.1"), der.oid(keys.SM2))


def sm2_public() -> PublicKey:
    info = der.sequence(SM2_ALGORITHM, der.tlv(0x03, b"\0\x04" + SM2_POINT))
    return GM.load_public_key(keys.write_pem(keys.PUBLIC, info))


def sm2_signing(private: bytes) -> SigningKey:
    """The key without its public half, which is optional (RFC 5915)."""
    inner = der.sequence(der.integer(1), der.tlv(0x04, private))
    plain = der.sequence(der.integer(0), SM2_ALGORITHM, der.tlv(0x04, inner))
    return GM.load_signing_key(keys.write_pem(keys.PRIVATE, plain))


@needs_sm2
def test_sm2_signature_of_the_standard_is_accepted() -> None:
    key = sm2_public()
    assert key.verify(SM2_MESSAGE, der.sequence(der.integer(SM2_R), der.integer(SM2_S)))
    for r, s in ((SM2_S, SM2_R), (SM2_R, SM2_S + 1), (SM2_R - 1, SM2_S), (0, SM2_S), (SM2_R, 0)):
        assert not key.verify(SM2_MESSAGE, der.sequence(der.integer(r), der.integer(s)))
    assert not key.verify(b"message digesT", der.sequence(der.integer(SM2_R), der.integer(SM2_S)))


@needs_sm2
def test_sm2_private_key_of_the_standard_has_the_public_key_of_the_standard() -> None:
    key = sm2_signing(SM2_PRIVATE)
    assert key.public == sm2_public()
    assert sm2_public().verify(SM2_MESSAGE, key.sign(SM2_MESSAGE))
    assert GM.load_signing_key(key.to_pem(None)).public == key.public


# GB/T 32918.1-2016, 6.1: a private key is between 1 and n - 2
@needs_sm2
def test_sm2_private_keys_out_of_range_are_refused() -> None:
    n = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123
    for number in (1, n - 2):
        key = sm2_signing(number.to_bytes(32, "big"))
        assert key.public.verify(b"", key.sign(b""))
    for number in (0, n - 1, n, n + 1, 2**256 - 1):
        with pytest.raises(KeyFormatError):
            sm2_signing(number.to_bytes(32, "big"))


@needs_sm2
def test_a_key_is_named_by_the_digest_of_its_standard_form() -> None:
    key = sm2_public()
    assert key.key_id == GM.digest(key.to_der()).hex()
    assert key.to_der().endswith(b"\x04" + SM2_POINT)
    signing = INTL.generate_key()
    assert signing.public.key_id == hashlib.sha256(signing.public.to_der()).hexdigest()


def test_keyed_digest_agrees_with_the_standard_library() -> None:
    assert hmac.compare_digest(INTL.hmac(b"k", b"d"), hmac.digest(b"k", b"d", "sha256"))
