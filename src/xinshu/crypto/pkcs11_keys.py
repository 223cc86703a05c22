"""Key-encryption keys in a hardware module by PKCS#11 (Cryptoki 2.40): AES-256 secret keys that never leave it.

`pkcs11:<path of the module>?token=<label>&label=<label of the keys>`. Wrapping is CKM_AES_GCM with a 96-bit nonce of
ours. All secret keys with the label belong to this node; their CKA_ID is their name. Needs the extra `xinshu[hsm]`.
"""

from __future__ import annotations

import importlib
import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar
from urllib.parse import parse_qsl

from xinshu.crypto.errors import KeyProviderError, KeyProviderPinError, KeyProviderSettingError
from xinshu.crypto.file_keys import not_opened
from xinshu.crypto.suites import NONCE_BYTES, TAG_BYTES

SCHEME = "pkcs11:"
_FORM = "写成 pkcs11:<模块路径>?token=<令牌名>&label=<密钥名>"
_PROBE = bytes(32)
Answer = TypeVar("Answer")


class Pkcs11Key:
    """A key in the module."""

    suite = "intl"

    def __init__(self, keys: Pkcs11Keys, cka_id: bytes) -> None:
        self.id = f"pkcs11-{cka_id.hex()}"
        self._keys = keys
        self._cka_id = cka_id

    def wrap(self, key: bytes) -> bytes:
        """See `KeyEncryption`."""
        nonce = self._keys.random_bytes(NONCE_BYTES)
        wrapped: bytes = nonce + self._keys.use(self._cka_id, lambda held, how: held.encrypt(key, **how), nonce)
        return wrapped

    def unwrap(self, wrapped: bytes) -> bytes:
        """See `KeyEncryption`."""
        nonce, body = wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:]
        if len(body) < TAG_BYTES:
            raise not_opened(self.id)
        try:
            opened: bytes = self._keys.use(self._cka_id, lambda held, how: held.decrypt(body, **how), nonce)
        except KeyProviderError:
            self.wrap(_PROBE)  # modules say "general error" of an altered value too: is it the value or the module?
            raise not_opened(self.id) from None
        return opened

    def __repr__(self) -> str:
        return f"Pkcs11Key({self.id})"


class Pkcs11Keys:
    """The keys with one label in one token. `address` is the setting `key_provider`."""

    name = "pkcs11"

    def __init__(
        self, address: str, pin: str | None, random_bytes: Callable[[int], bytes] = secrets.token_bytes
    ) -> None:
        module, _, query = address.removeprefix(SCHEME).partition("?")
        given = dict(parse_qsl(query, keep_blank_values=True))
        if module == "" or set(given) != {"token", "label"} or "" in given.values():
            raise KeyProviderSettingError(f"密钥提供方 {SCHEME}{module} 的写法不完整", hint=_FORM)
        if pin is None:
            raise KeyProviderPinError("没有给出密码模块的 PIN", hint="设置 XINSHU_KEY_PROVIDER_PIN")
        try:
            self._pkcs11: Any = importlib.import_module("pkcs11")
        except ImportError:
            raise KeyProviderSettingError(
                "没有安装 PKCS#11 支持(python-pkcs11)", hint="pip install 'xinshu[hsm]'"
            ) from None
        self.random_bytes = random_bytes
        self._module, self._token, self._label, self._pin = module, given["token"], given["label"], pin
        self._lock = threading.RLock()  # a session does one thing at a time
        self._session: Any = None
        self._handles: dict[bytes, Any] = {}

    def load(self) -> list[Pkcs11Key]:
        """See `KeyProvider`; in the order of their CKA_ID, as a token keeps no dates."""
        with self._lock, self._explained():
            self._find()
            return [Pkcs11Key(self, cka_id) for cka_id in sorted(self._handles)]

    def create(self) -> Pkcs11Key:
        """See `KeyProvider`."""
        p, cka_id = self._pkcs11, self.random_bytes(8)
        with self._lock, self._explained(), self._open(rw=True) as session:
            session.generate_key(
                p.KeyType.AES, 256, id=cka_id, label=self._label, store=True,
                capabilities=p.MechanismFlag.ENCRYPT | p.MechanismFlag.DECRYPT,
                template={p.Attribute.SENSITIVE: True, p.Attribute.EXTRACTABLE: False},
            )  # fmt: skip
        return Pkcs11Key(self, cka_id)

    def retire(self, key_id: str) -> str:
        """See `KeyProvider`; the key stays in the token under the label `<label>-retired`."""
        p, retired = self._pkcs11, f"{self._label}-retired"
        with self._lock, self._explained(), self._open(rw=True) as session:
            for held in session.get_objects(self._wanted()):
                if f"pkcs11-{held.id.hex()}" == key_id:
                    held[p.Attribute.LABEL] = retired
            self._handles.clear()
        return f"{self._token}/{retired}"

    def use(self, cka_id: bytes, act: Callable[[Any, dict[str, Any]], Answer], nonce: bytes) -> Answer:
        """`act` on the key of this id. Raises KeyProviderError; a session that was lost is opened again first."""
        p = self._pkcs11
        how = {
            "mechanism": p.Mechanism.AES_GCM,
            "mechanism_param": p.GCMParams(nonce=nonce, aad=b"", tag_bits=TAG_BYTES * 8),
        }
        lost = (p.SessionHandleInvalid, p.SessionClosed, p.UserNotLoggedIn, p.DeviceRemoved, p.KeyHandleInvalid)
        with self._lock, self._explained():
            try:
                return act(self._handle(cka_id), how)
            except lost:
                self._session = None
                self._handles.clear()
                return act(self._handle(cka_id), how)

    def _handle(self, cka_id: bytes) -> Any:
        if cka_id not in self._handles:
            self._find()
        if cka_id not in self._handles:
            raise self._pkcs11.NoSuchKey(f"{self._label} {cka_id.hex()}")
        return self._handles[cka_id]

    def _find(self) -> None:
        if self._session is None:
            self._session = self._login(rw=False)
        self._handles = {held.id: held for held in self._session.get_objects(self._wanted())}

    def _wanted(self) -> dict[Any, Any]:
        p = self._pkcs11
        return {
            p.Attribute.CLASS: p.ObjectClass.SECRET_KEY,
            p.Attribute.KEY_TYPE: p.KeyType.AES,
            p.Attribute.LABEL: self._label,
        }

    @contextmanager
    def _open(self, *, rw: bool) -> Iterator[Any]:
        session = self._login(rw=rw)
        try:
            yield session
        finally:
            session.close()

    def _login(self, *, rw: bool) -> Any:
        p = self._pkcs11
        token = p.lib(self._module).get_token(token_label=self._token)
        try:
            return token.open(rw=rw, user_pin=self._pin)
        except p.UserAlreadyLoggedIn:  # one login holds for all sessions of a process
            return token.open(rw=rw)

    @contextmanager
    def _explained(self) -> Iterator[None]:
        p = self._pkcs11
        try:
            yield
        except (p.PinIncorrect, p.PinInvalid, p.PinLenRange, p.PinExpired) as error:
            raise KeyProviderPinError(
                f"密码模块令牌 {self._token} 不接受所给的 PIN({type(error).__name__})",
                hint="核对 XINSHU_KEY_PROVIDER_PIN;多次错误会锁死令牌",
            ) from None
        except p.PinLocked:
            raise KeyProviderPinError(f"密码模块令牌 {self._token} 的 PIN 已锁死", hint="由安全员(SO)解锁") from None
        except p.NoSuchToken:
            raise KeyProviderError(f"密码模块 {self._module} 中没有令牌 {self._token}", hint=_FORM) from None
        except p.NoSuchKey as error:
            raise KeyProviderError(f"密码模块中没有密钥 {error}", hint="核对令牌与密钥名") from None
        except p.PKCS11Error as error:
            raise KeyProviderError(
                f"密码模块 {self._module} 不能使用:{type(error).__name__}", hint="检查模块路径、设备连接和令牌"
            ) from None
