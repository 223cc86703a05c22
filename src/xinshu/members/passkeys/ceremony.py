"""The two ceremonies of WebAuthn level 3: registering a passkey and proving possession of it. Pure, no I/O.

py_webauthn checks formats and signatures; here stands what this software asks for: user verification always, resident
keys preferred, no attestation of the device, no foreign frames, and a counter that grows.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import orjson
from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import options_to_json_dict
from webauthn.helpers.cose import COSEAlgorithmIdentifier
from webauthn.helpers.exceptions import InvalidJSONStructure, WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    AuthenticatorTransport,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from xinshu.members.passkeys.errors import PasskeyClonedError, PasskeyMalformedError, PasskeyRefusedError

TIMEOUT_MS = 300_000
CREDENTIAL_ID_MAX = 1023  # bytes, WebAuthn level 3, 5.8.3
ALGORITHMS = [
    COSEAlgorithmIdentifier.ECDSA_SHA_256,
    COSEAlgorithmIdentifier.EDDSA,
    COSEAlgorithmIdentifier.RSASSA_PKCS1_v1_5_SHA_256,
]
TRANSPORTS = frozenset(one.value for one in AuthenticatorTransport)
_BASE64URL = re.compile(r"[A-Za-z0-9_-]*={0,2}")
_HINT = "请重新开始;仍不成功时换一个通行密钥,或用其他方式登录"


@dataclass(frozen=True)
class RelyingParty:
    """This node as browsers know it: `id` is a host name, `origin` scheme, host and port of its pages."""

    id: str
    name: str
    origin: str

    @classmethod
    def of(cls, origin: str, name: str) -> RelyingParty:
        """From the origin of the pages, `https://host[:port]`."""
        return cls(urlsplit(origin).hostname or "", name, origin)


@dataclass(frozen=True)
class Known:
    """A registered credential, as far as the ceremonies need it."""

    credential_id: bytes
    public_key: bytes
    sign_count: int
    transports: tuple[str, ...] = ()


@dataclass(frozen=True)
class Registered:
    """A new credential that passed; `device`: single_device or multi_device (synchronised)."""

    credential_id: bytes
    public_key: bytes
    sign_count: int
    transports: tuple[str, ...]
    device: str


def creation_options(
    party: RelyingParty, challenge: bytes, account: bytes, login: str, name: str, present: Sequence[Known]
) -> dict[str, Any]:
    """Options for `navigator.credentials.create()` as JSON; `account`: the user handle, says nothing about the person.

    `present`: what the account has already, so that one authenticator is not registered twice. The authenticator keeps
    the passkey itself (discoverable): at a sign-in nobody is told which passkeys an account has.
    """
    options = generate_registration_options(
        rp_id=party.id,
        rp_name=party.name,
        user_id=account,
        user_name=login,
        user_display_name=name,
        challenge=challenge,
        timeout=TIMEOUT_MS,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
        ),
        exclude_credentials=_descriptors(present),
        supported_pub_key_algs=ALGORITHMS,
    )
    return options_to_json_dict(options)


def request_options(party: RelyingParty, challenge: bytes, allowed: Sequence[Known] = ()) -> dict[str, Any]:
    """Options for `navigator.credentials.get()` as JSON; without `allowed` the authenticator says whose key it is."""
    options = generate_authentication_options(
        rp_id=party.id,
        challenge=challenge,
        timeout=TIMEOUT_MS,
        allow_credentials=_descriptors(allowed),
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return options_to_json_dict(options)


def challenge_in(response: Mapping[str, Any]) -> bytes:
    """The challenge that an answer says it answers; nothing is proven yet. Raises PasskeyMalformedError."""
    try:
        challenge = _bytes(_client_data(response)["challenge"])
    except (KeyError, TypeError, ValueError):
        raise _malformed("clientDataJSON") from None
    return challenge


def credential_id_in(response: Mapping[str, Any]) -> bytes:
    """The credential that an answer names. Raises PasskeyMalformedError."""
    try:
        found = _bytes(response["rawId"])
    except (KeyError, TypeError, ValueError):
        raise _malformed("rawId") from None
    if not 0 < len(found) <= CREDENTIAL_ID_MAX:
        raise _malformed("rawId")
    return found


def user_handle_in(response: Mapping[str, Any]) -> bytes | None:
    """The user handle of an answer; None when the authenticator gave none. Raises PasskeyMalformedError."""
    try:
        handle = response["response"].get("userHandle")
        return _bytes(handle) if handle else None
    except (KeyError, TypeError, AttributeError, ValueError):
        raise _malformed("userHandle") from None


def verify_registration(party: RelyingParty, challenge: bytes, response: Mapping[str, Any]) -> Registered:
    """What an authenticator made. Raises PasskeyRefusedError, PasskeyMalformedError."""
    _not_framed(response)
    try:
        found = verify_registration_response(
            credential=dict(response),
            expected_challenge=challenge,
            expected_rp_id=party.id,
            expected_origin=party.origin,
            require_user_verification=True,
            supported_pub_key_algs=ALGORITHMS,
        )
    except InvalidJSONStructure:
        raise _malformed("attestationObject") from None
    except WebAuthnException as error:
        raise _refused(error) from None
    except Exception as error:  # the library lets through what its decoders raise on bytes made up by an attacker
        raise _malformed(type(error).__name__) from None
    if len(found.credential_id) > CREDENTIAL_ID_MAX:
        raise _malformed("credentialId")
    return Registered(
        found.credential_id,
        found.credential_public_key,
        found.sign_count,
        _transports(response),
        found.credential_device_type.value,
    )


def verify_assertion(party: RelyingParty, challenge: bytes, known: Known, response: Mapping[str, Any]) -> int:
    """The new count of a credential that signed `challenge`, after user verification.

    Raises PasskeyRefusedError, PasskeyMalformedError; PasskeyClonedError when all holds but the counter did not grow.
    """
    _not_framed(response)
    if credential_id_in(response) != known.credential_id:
        raise PasskeyRefusedError("通行密钥不符", hint=_HINT, reason="credential")
    try:
        found = verify_authentication_response(
            credential=dict(response),
            expected_challenge=challenge,
            expected_rp_id=party.id,
            expected_origin=party.origin,
            credential_public_key=known.public_key,
            credential_current_sign_count=0,
            require_user_verification=True,
        )
    except InvalidJSONStructure:
        raise _malformed("authenticatorData") from None
    except WebAuthnException as error:
        raise _refused(error) from None
    except Exception as error:  # as above
        raise _malformed(type(error).__name__) from None
    if not _grew(known.sign_count, found.new_sign_count):
        raise PasskeyClonedError(
            f"通行密钥的计数没有增加(上次 {known.sign_count},这次 {found.new_sign_count}),可能已被复制",
            hint="用其他方式登录,移除这个通行密钥后重新登记",
            reason="sign_count",
        )
    return found.new_sign_count


def _grew(before: int, now: int) -> bool:
    """Authenticators without a counter always say 0."""
    return now > before or (now == 0 and before == 0)


def _bytes(value: Any) -> bytes:
    """The bytes of a base64url text. Raises TypeError, ValueError."""
    if not isinstance(value, str):
        raise TypeError(value)
    if _BASE64URL.fullmatch(value) is None:
        raise ValueError("not base64url")
    return base64.urlsafe_b64decode(value + "===")


def _client_data(response: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = orjson.loads(_bytes(response["response"]["clientDataJSON"]))
    return found


def _not_framed(response: Mapping[str, Any]) -> None:
    """py_webauthn does not look at `crossOrigin`: no page of ours is meant to stand in another's frame."""
    try:
        data = _client_data(response)
        framed = bool(data.get("crossOrigin")) or data.get("topOrigin") is not None
    except (KeyError, TypeError, AttributeError, ValueError):
        raise _malformed("clientDataJSON") from None
    if framed:
        raise PasskeyRefusedError("通行密钥不得在其他网站的页面内使用", hint=_HINT, reason="cross_origin")


def _transports(response: Mapping[str, Any]) -> tuple[str, ...]:
    """Hints of the browser on how to reach the authenticator; unknown ones are left out, as the standard says."""
    given = response["response"].get("transports")
    if not isinstance(given, list):
        return ()
    return tuple(sorted({one for one in given if isinstance(one, str) and one in TRANSPORTS}))


def _descriptors(known: Sequence[Known]) -> list[PublicKeyCredentialDescriptor]:
    return [
        PublicKeyCredentialDescriptor(
            id=one.credential_id, transports=[AuthenticatorTransport(t) for t in one.transports]
        )
        for one in known
    ]


def _malformed(part: str) -> PasskeyMalformedError:
    return PasskeyMalformedError(
        "收到的内容不是通行密钥的应答", hint="原样提交浏览器返回的应答(PublicKeyCredential.toJSON())", part=part
    )


# what py_webauthn says → (reason, in words)
_REASONS = (
    ("challenge", "challenge", "与本次请求不符"),
    ("origin", "origin", "不是在本平台的页面上产生的"),
    ("RP ID", "rp_id", "属于另一个网站"),
    ("not verified", "user_verification", "没有验证使用者本人(指纹、人脸或 PIN)"),
    ("not present", "user_presence", "没有使用者在场的确认"),
    ("signature", "signature", "签名不符"),
    ("client data type", "type", "不是这一操作的应答"),
    ("public key alg", "algorithm", "所用算法不受支持"),
)


def _refused(error: WebAuthnException) -> PasskeyRefusedError:
    said = str(error)
    for part, reason, words in _REASONS:
        if part.lower() in said.lower():
            return PasskeyRefusedError(f"通行密钥的应答{words}", hint=_HINT, reason=reason)
    return PasskeyRefusedError("通行密钥的应答无法核实", hint=_HINT, reason="other")
