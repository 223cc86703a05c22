"""The system's libcrypto: found, refused when unfit, not leaking, shared between threads."""

from __future__ import annotations

import ctypes
import ctypes.util
import gc
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, ClassVar

import psutil
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from xinshu.core.errors import SettingError
from xinshu.crypto.libcrypto import Libcrypto, LibcryptoError, Sm2Key, libcrypto

ROUNDS = 500


class MallInfo(ctypes.Structure):
    """struct mallinfo2 of malloc.h (glibc)."""

    _fields_: ClassVar[list[Any]] = [
        (name, ctypes.c_size_t)
        for name in (
            "arena", "ordblks", "smblks", "hblks", "hblkhd", "usmblks", "fsmblks", "uordblks", "fordblks", "keepcost",
        )
    ]  # fmt: skip


@pytest.fixture(scope="module")
def library() -> Libcrypto:
    try:
        return libcrypto()
    except LibcryptoError as error:
        pytest.skip(error.message)


def python(code: str, **environment: str) -> str:
    """What a fresh interpreter prints."""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env={**os.environ, **environment}, timeout=120
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_the_library_tells_what_it_is(library: Libcrypto) -> None:
    assert "3." in library.version or "4." in library.version
    assert "libcrypto" in library.path
    assert libcrypto() is library


def test_an_absent_library_is_named_with_the_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ctypes.util, "find_library", lambda name: None)
    with pytest.raises(LibcryptoError) as caught:
        Libcrypto(["libcrypto.so.0", "libnothing.so.9"])
    assert isinstance(caught.value, SettingError)
    assert caught.value.code == "libcrypto_unavailable"
    assert "libcrypto" in caught.value.message
    assert "libnothing.so.9" in caught.value.message
    assert "apt-get install libssl3" in caught.value.hint


def test_what_the_linker_knows_is_taken_last(library: Libcrypto) -> None:
    if ctypes.util.find_library("crypto") is None:
        pytest.skip("the linker knows no libcrypto")
    assert Libcrypto(["libnothing.so.9"]).version == library.version


def test_another_library_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(LibcryptoError, match=r"libm\.so\.6 不是 OpenSSL 3"):
        Libcrypto(["libm.so.6"])
    text = tmp_path / "libcrypto.so.3"
    text.write_text("no library")
    monkeypatch.setattr(ctypes.util, "find_library", lambda name: str(text))
    with pytest.raises(LibcryptoError, match="无法加载"):
        Libcrypto(["libnothing.so.9"])


def test_a_build_without_sm2_is_refused(library: Libcrypto, tmp_path: Path) -> None:
    """A system whose configuration activates no provider that has SM2 (as FIPS settings do)."""
    config = tmp_path / "openssl.cnf"
    config.write_text("openssl_conf = a\n[a]\nproviders = b\n[b]\nbase = c\n[c]\nactivate = 1\n")
    code = (
        "from xinshu.crypto.libcrypto import libcrypto, LibcryptoError\n"
        "try: libcrypto()\n"
        "except LibcryptoError as error: print(error.message)"
    )
    told = python(code, OPENSSL_CONF=str(config), PYTHONWARNINGS="ignore", PYTHONIOENCODING="utf-8")
    assert "不含 SM2 或 SM3" in told
    assert library.path in told


def test_nothing_is_loaded_before_the_first_sm2_key(library: Libcrypto) -> None:
    code = (
        "import xinshu.crypto\n"
        "from xinshu.crypto.libcrypto import libcrypto\n"
        "from xinshu.crypto.suites import GM, INTL\n"
        "for suite in (INTL, GM):\n"
        "    cipher = suite.cipher(bytes(suite.key_bytes))\n"
        "    cipher.decrypt(bytes(12), cipher.encrypt(bytes(12), b'', b''), b'')\n"
        "    suite.derive(suite.hmac(b'', suite.digest(b'')), b'', 32)\n"
        "INTL.generate_key()\n"
        "print(libcrypto.cache_info().currsize, end=' ')\n"
        "GM.generate_key()\n"
        "print(libcrypto.cache_info().currsize)"
    )
    assert python(code) == "0 1"


def test_failures_leave_no_error_behind(library: Libcrypto) -> None:
    key = library.generate()
    assert not key.verify(b"message", b"signature")
    assert library.read_public(b"garbage") is None
    assert library.read_private(b"garbage") is None
    assert library.decrypt_private(b"garbage", b"password") is None
    assert library.functions.ERR_peek_last_error() == 0
    with pytest.raises(RuntimeError, match=library.version):
        key_without_private_half(library).sign(b"message")
    assert library.functions.ERR_peek_last_error() == 0


def key_without_private_half(library: Libcrypto) -> Sm2Key:
    key = library.read_public(library.generate().public_der())
    assert key is not None
    return key


def test_loops_do_not_grow(library: Libcrypto) -> None:
    """Each act, the failing ones too, many times: one small object forgotten in an act shows."""
    key = library.generate()
    signature, public, private = key.sign(b"message"), key.public_der(), key.private_der()
    p256 = ec.generate_private_key(ec.SECP256R1())
    other_public = p256.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    other_private = p256.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    sealed = p256.private_bytes(Encoding.DER, PrivateFormat.PKCS8, BestAvailableEncryption(b"password"))

    def acts() -> None:
        assert key.verify(b"message", key.sign(b"message"))
        assert not key.verify(b"other", signature)
        assert not key.verify(b"message", signature[:-1])
        assert library.read_public(public) is not None
        loaded = library.read_private(private)
        assert loaded is not None
        assert loaded.private_der() == private
        assert library.decrypt_private(sealed, b"password") == other_private
        assert library.decrypt_private(sealed, b"wrong") is None
        assert library.decrypt_private(sealed + b"\0", b"password") is None
        for wrong in (public + b"\0", public[:-1], other_public):
            assert library.read_public(wrong) is None
        for wrong in (private + b"\0", private[:-1], other_private, private[:40] + b"\0" + private[41:]):
            assert library.read_private(wrong) is None
        library.generate()

    for _ in range(50):
        acts()
    gc.collect()
    resident, before = psutil.Process().memory_info().rss, allocated()
    for _ in range(ROUNDS):
        acts()
    gc.collect()
    assert psutil.Process().memory_info().rss - resident < 4 * 2**20
    assert allocated() - before < 200 * ROUNDS


def allocated() -> int:
    """Bytes that the C library has given out in its main arena; 0 where it does not tell (glibc before 2.33, musl)."""
    libc = ctypes.CDLL(None)
    if not hasattr(libc, "mallinfo2"):
        return 0
    libc.mallinfo2.restype = MallInfo
    return int(libc.mallinfo2().uordblks)


def test_one_key_serves_many_threads(library: Libcrypto) -> None:
    key = library.generate()
    public = library.read_public(key.public_der())
    assert public is not None

    def work(number: int) -> bool:
        message = str(number).encode()
        right = all(public.verify(message, key.sign(message)) for _ in range(20))
        wrong = public.verify(message + b"x", key.sign(message)) or public.verify(message, b"")
        own = library.generate()
        return right and not wrong and own.verify(message, own.sign(message)) and not own.verify(message, b"")

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(work, range(60)))
