"""SM2 through the system's OpenSSL 3 `libcrypto`, by ctypes: the one algorithm that `cryptography` lacks.

The library is loaded when the first SM2 key is made or read, never before. Every function has its argument and result
types, every object is freed, and the calling thread's error queue is left empty after a failure. OpenSSL's objects are
used as it allows: a key is read by many threads at once, each call has a context of its own.
"""

from __future__ import annotations

import ctypes
import ctypes.util
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from ctypes import POINTER, byref, c_char_p, c_int, c_long, c_size_t, c_uint, c_ulong, c_void_p
from functools import cache
from typing import Any, ClassVar

from xinshu.core.errors import SettingError

SONAMES = ("libcrypto.so.3", "libcrypto.so.4")
USER_ID = b"1234567812345678"
"""Identity that goes into an SM2 signature where none was agreed (GM/T 0009-2012, 10)."""

_HINT = "安装 OpenSSL 3,如 apt-get install libssl3(发行版去掉了国密算法时须换用带 SM2 的构建);不用国密则设套件为 intl"
_SIGNATURE_BYTES = 72
_OCTET_STRING = 5


class LibcryptoError(SettingError):
    """The system has no OpenSSL 3 libcrypto with SM2."""

    code: ClassVar[str] = "libcrypto_unavailable"


class _Param(ctypes.Structure):
    """OSSL_PARAM of openssl/core.h."""

    _fields_: ClassVar[list[Any]] = [
        ("key", c_char_p),
        ("data_type", c_uint),
        ("data", c_char_p),
        ("data_size", c_size_t),
        ("return_size", c_size_t),
    ]


_WITH_USER_ID = (_Param * 2)(_Param(b"distid", _OCTET_STRING, USER_ID, len(USER_ID), 0), _Param())

_DIGEST_INIT = (c_int, (c_void_p, POINTER(c_void_p), c_char_p, c_void_p, c_char_p, c_void_p, c_void_p))
_FUNCTIONS: dict[str, tuple[Any, tuple[Any, ...]]] = {
    "OPENSSL_version_major": (c_uint, ()),
    "OpenSSL_version": (c_char_p, (c_int,)),
    "ERR_clear_error": (None, ()),
    "ERR_peek_last_error": (c_ulong, ()),
    "ERR_error_string_n": (None, (c_ulong, c_char_p, c_size_t)),
    "EVP_MD_fetch": (c_void_p, (c_void_p, c_char_p, c_char_p)),
    "EVP_MD_free": (None, (c_void_p,)),
    "EVP_MD_CTX_new": (c_void_p, ()),
    "EVP_MD_CTX_free": (None, (c_void_p,)),
    "EVP_PKEY_free": (None, (c_void_p,)),
    "EVP_PKEY_CTX_new_from_name": (c_void_p, (c_void_p, c_char_p, c_char_p)),
    "EVP_PKEY_CTX_new_from_pkey": (c_void_p, (c_void_p, c_void_p, c_char_p)),
    "EVP_PKEY_CTX_free": (None, (c_void_p,)),
    "EVP_PKEY_CTX_set_params": (c_int, (c_void_p, POINTER(_Param))),
    "EVP_PKEY_keygen_init": (c_int, (c_void_p,)),
    "EVP_PKEY_generate": (c_int, (c_void_p, POINTER(c_void_p))),
    "EVP_PKEY_check": (c_int, (c_void_p,)),
    "EVP_PKEY_is_a": (c_int, (c_void_p, c_char_p)),
    "EVP_PKEY_set_utf8_string_param": (c_int, (c_void_p, c_char_p, c_char_p)),
    "EVP_DigestSignInit_ex": _DIGEST_INIT,
    "EVP_DigestSign": (c_int, (c_void_p, c_void_p, POINTER(c_size_t), c_char_p, c_size_t)),
    "EVP_DigestVerifyInit_ex": _DIGEST_INIT,
    "EVP_DigestVerify": (c_int, (c_void_p, c_char_p, c_size_t, c_char_p, c_size_t)),
    "d2i_PUBKEY": (c_void_p, (c_void_p, POINTER(c_void_p), c_long)),
    "i2d_PUBKEY": (c_int, (c_void_p, POINTER(c_void_p))),
    "d2i_PKCS8_PRIV_KEY_INFO": (c_void_p, (c_void_p, POINTER(c_void_p), c_long)),
    "i2d_PKCS8_PRIV_KEY_INFO": (c_int, (c_void_p, POINTER(c_void_p))),
    "PKCS8_PRIV_KEY_INFO_free": (None, (c_void_p,)),
    "EVP_PKCS82PKEY": (c_void_p, (c_void_p,)),
    "EVP_PKEY2PKCS8": (c_void_p, (c_void_p,)),
    "d2i_X509_SIG": (c_void_p, (c_void_p, POINTER(c_void_p), c_long)),
    "X509_SIG_free": (None, (c_void_p,)),
    "PKCS8_decrypt": (c_void_p, (c_void_p, c_char_p, c_int)),
}  # fmt: skip


class Libcrypto:
    """The library, found and checked; SM2 keys are made and read by it."""

    def __init__(self, names: Sequence[str] = SONAMES) -> None:
        """Load the first of `names` that is there, else what the linker knows. Raises LibcryptoError."""
        self.path, library = _load(names)
        self.functions: Any = library
        try:
            for name, (result, arguments) in _FUNCTIONS.items():
                function = getattr(library, name)
                function.restype, function.argtypes = result, arguments
        except AttributeError:
            raise _unfit(f"{self.path} 不是 OpenSSL 3 以上版本(缺少函数 {name})") from None
        self.version: str = library.OpenSSL_version(0).decode()
        if library.OPENSSL_version_major() < 3:
            raise _unfit(f"{self.path}({self.version})低于 OpenSSL 3")
        self._check_algorithms()

    def _check_algorithms(self) -> None:
        lib = self.functions
        context = lib.EVP_PKEY_CTX_new_from_name(None, b"SM2", None)
        digest = lib.EVP_MD_fetch(None, b"SM3", None)
        lib.EVP_PKEY_CTX_free(context)
        lib.EVP_MD_free(digest)
        if not (context and digest):
            lib.ERR_clear_error()
            raise _unfit(f"{self.path}({self.version})不含 SM2 或 SM3 算法")

    def generate(self) -> Sm2Key:
        """A new key pair."""
        lib = self.functions
        handle = c_void_p()
        with self.freed(lib.EVP_PKEY_CTX_new_from_name(None, b"SM2", None), lib.EVP_PKEY_CTX_free) as context:
            self.need(lib.EVP_PKEY_keygen_init(context))
            self.need(lib.EVP_PKEY_generate(context, byref(handle)))
        return Sm2Key(self, self.need(handle.value))

    def read_public(self, der: bytes) -> Sm2Key | None:
        """Key of a SubjectPublicKeyInfo; None when it is none of SM2 or its point is not on the curve."""
        return self._key(self._parsed(self.functions.d2i_PUBKEY, self.functions.EVP_PKEY_free, der))

    def read_private(self, der: bytes) -> Sm2Key | None:
        """Key of a PKCS#8 PrivateKeyInfo; None when it is none of SM2 or its halves do not belong together."""
        lib = self.functions
        info = self._parsed(lib.d2i_PKCS8_PRIV_KEY_INFO, lib.PKCS8_PRIV_KEY_INFO_free, der)
        if info is None:
            return None
        with self.freed(info, lib.PKCS8_PRIV_KEY_INFO_free):
            key = self._key(lib.EVP_PKCS82PKEY(info))
        return key if key is not None and key.is_sound() else None

    def decrypt_private(self, der: bytes, password: bytes) -> bytes | None:
        """The PrivateKeyInfo in a PKCS#8 EncryptedPrivateKeyInfo; None for a wrong password or damaged input."""
        lib = self.functions
        sealed = self._parsed(lib.d2i_X509_SIG, lib.X509_SIG_free, der)
        if sealed is None:
            return None
        with self.freed(sealed, lib.X509_SIG_free):
            info = lib.PKCS8_decrypt(sealed, password, len(password))
        if not info:
            lib.ERR_clear_error()
            return None
        with self.freed(info, lib.PKCS8_PRIV_KEY_INFO_free):
            return self.der(lib.i2d_PKCS8_PRIV_KEY_INFO, info)

    def need(self, result: int | None) -> int:
        """`result`, a pointer or a status, unless it tells of a failure: out of memory or of randomness."""
        if result is None or result <= 0:
            reason = ctypes.create_string_buffer(256)
            self.functions.ERR_error_string_n(self.functions.ERR_peek_last_error(), reason, len(reason))
            self.functions.ERR_clear_error()
            raise RuntimeError(f"{self.version}: {reason.value.decode('ascii', 'replace')}")
        return result

    @contextmanager
    def freed(self, thing: int | None, free: Callable[[int], None]) -> Iterator[int]:
        """An object for the time of the block."""
        handle = self.need(thing)
        try:
            yield handle
        finally:
            free(handle)

    def der(self, write: Callable[..., int], thing: int) -> bytes:
        """DER of an object by one of the `i2d_` functions."""
        length = self.need(write(thing, None))
        room = ctypes.create_string_buffer(length)
        self.need(write(thing, byref(c_void_p(ctypes.addressof(room)))))
        return room.raw

    def _parsed(self, read: Callable[..., int | None], free: Callable[[int], None], der: bytes) -> int | None:
        """Object by one of the `d2i_` functions; None when `der` is not such an object or something follows it."""
        room = ctypes.create_string_buffer(der, len(der))
        start = ctypes.addressof(room)
        at = c_void_p(start)
        thing = read(None, byref(at), len(der))
        if not thing:
            self.functions.ERR_clear_error()
            return None
        if at.value != start + len(der):
            free(thing)
            return None
        return thing

    def _key(self, handle: int | None) -> Sm2Key | None:
        """Take over a key handle; None (and freed) when it is no SM2 key."""
        if handle and self.functions.EVP_PKEY_is_a(handle, b"SM2") == 1:
            return Sm2Key(self, handle)
        self.functions.EVP_PKEY_free(handle)
        self.functions.ERR_clear_error()
        return None


class Sm2Key:
    """An SM2 key of libcrypto, private or public, freed with the object."""

    def __init__(self, library: Libcrypto, handle: int) -> None:
        """Take over `handle`, an EVP_PKEY."""
        self._library = library
        self._handle = handle
        # One key has one form, so that its name does not depend on how somebody wrote its point.
        library.need(library.functions.EVP_PKEY_set_utf8_string_param(handle, b"point-format", b"uncompressed"))

    def __del__(self) -> None:
        self._library.functions.EVP_PKEY_free(self._handle)

    def is_sound(self) -> bool:
        """Whether the private half is in range and the public half is its own."""
        lib = self._library.functions
        with self._library.freed(
            lib.EVP_PKEY_CTX_new_from_pkey(None, self._handle, None), lib.EVP_PKEY_CTX_free
        ) as context:
            answer: int = lib.EVP_PKEY_check(context)
        if answer != 1:
            lib.ERR_clear_error()
        return answer == 1

    def sign(self, message: bytes) -> bytes:
        """SM2 signature with SM3 and the standard user id, ASN.1 DER of r and s."""
        library = self._library
        room = ctypes.create_string_buffer(_SIGNATURE_BYTES)
        length = c_size_t(_SIGNATURE_BYTES)
        with self._context(library.functions.EVP_DigestSignInit_ex) as context:
            library.need(library.functions.EVP_DigestSign(context, room, byref(length), message, len(message)))
        return room.raw[: length.value]

    def verify(self, message: bytes, signature: bytes) -> bool:
        """Whether the signature is this key's, with SM3 and the standard user id."""
        lib = self._library.functions
        with self._context(lib.EVP_DigestVerifyInit_ex) as context:
            answer: int = lib.EVP_DigestVerify(context, signature, len(signature), message, len(message))
        if answer != 1:
            lib.ERR_clear_error()
        return answer == 1

    @contextmanager
    def _context(self, init: Callable[..., int]) -> Iterator[int]:
        """A context for one signature or check."""
        library, lib = self._library, self._library.functions
        details = c_void_p()  # belongs to the context and goes with it
        with library.freed(lib.EVP_MD_CTX_new(), lib.EVP_MD_CTX_free) as context:
            library.need(init(context, byref(details), b"SM3", None, None, self._handle, None))
            # Not by the parameters of `init`: OpenSSL 3.0 refuses the user id there.
            library.need(lib.EVP_PKEY_CTX_set_params(details, _WITH_USER_ID))
            yield context

    def public_der(self) -> bytes:
        """SubjectPublicKeyInfo, the point uncompressed."""
        return self._library.der(self._library.functions.i2d_PUBKEY, self._handle)

    def private_der(self) -> bytes:
        """PKCS#8 PrivateKeyInfo, with the public half."""
        lib = self._library.functions
        with self._library.freed(lib.EVP_PKEY2PKCS8(self._handle), lib.PKCS8_PRIV_KEY_INFO_free) as info:
            return self._library.der(lib.i2d_PKCS8_PRIV_KEY_INFO, info)


@cache
def libcrypto() -> Libcrypto:
    """The system's library, loaded once. Raises LibcryptoError, and looks again at the next call."""
    return Libcrypto()


def _load(names: Sequence[str]) -> tuple[str, ctypes.CDLL]:
    for name in names:
        try:
            return name, ctypes.CDLL(name)
        except OSError:
            continue
    # Last, as it starts other programs to look for the library.
    found = ctypes.util.find_library("crypto")
    if found is None or found in names:
        raise _unfit(f"找不到 libcrypto(试过 {'、'.join(names)})")
    try:
        return found, ctypes.CDLL(found)
    except OSError:
        raise _unfit(f"系统库 {found} 无法加载") from None


def _unfit(what: str) -> LibcryptoError:
    return LibcryptoError(f"国密 SM2 需要系统的 OpenSSL 3 库 libcrypto:{what}", hint=_HINT)
