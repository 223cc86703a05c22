"""Which public keys are admitted, and under which name. No I/O."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from joserfc.errors import JoseError
from joserfc.util import urlsafe_b64decode

from xinshu.members.clients.errors import KeyInvalidError, PrivateKeyShownError
from xinshu.members.clients.jose import ALGORITHMS, KID, public_key

ACTIVE_MAX = 2  # one in use and the next: rotation without a gap
LIFETIME = timedelta(days=365)
LIFETIME_MAX = timedelta(days=730)
RSA_BITS = range(2048, 8193)
RSA_EXPONENT = 65537
_FIELD = 2**255 - 19
_ORDER_8 = 2707385501144840649318225287225658788936804267575313519463743609750303402022
# Ordinates of the points of small order on Ed25519: under such a key anybody can make signatures.
_SMALL_ORDER = frozenset({0, 1, _ORDER_8, _FIELD - _ORDER_8, _FIELD - 1, _FIELD, _FIELD + 1})
_PRIVATE = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})
_PUBLIC = {"EC": ("crv", "x", "y"), "OKP": ("crv", "x"), "RSA": ("n", "e")}
_CURVES = {"EC": "P-256", "OKP": "Ed25519"}
_BESIDE = frozenset({"kty", "kid", "alg", "use", "key_ops"})
_HINT = "用 xinshu client keygen 生成,或按 docs/clients.md 生成 P-256、Ed25519 或 2048 位以上 RSA 的公钥(JWK)"


@dataclass(frozen=True)
class AdmittedKey:
    """A key as it will be stored: only its public members, its name, and its RFC 7638 thumbprint."""

    kid: str
    jwk: dict[str, Any]
    thumbprint: str


def admit(jwk: dict[str, Any]) -> AdmittedKey:
    """Check a public key (JWK, RFC 7517). Raises PrivateKeyShownError, KeyInvalidError."""
    if not _PRIVATE.isdisjoint(jwk):
        raise PrivateKeyShownError(
            "收到的是私钥或对称密钥,已拒绝且未保存", hint="该密钥视为已泄露:作废它,重新生成密钥对,只提交公钥"
        )
    kty = jwk.get("kty")
    if not isinstance(kty, str) or kty not in ALGORITHMS:
        raise KeyInvalidError("密钥类型(kty)只能是 EC、OKP 或 RSA", hint=_HINT)
    values = _PUBLIC[kty]
    unknown = sorted(set(jwk) - _BESIDE - set(values))
    if unknown:
        raise KeyInvalidError(
            "密钥中有不认识的成员", hint=f"只保留 kty、kid、alg、use 与 {'、'.join(values)}", unknown=unknown[:10]
        )
    missing = [name for name in values if not isinstance(jwk.get(name), str) or len(jwk[name]) > 2000]
    if missing:
        raise KeyInvalidError(f"密钥缺少 {'、'.join(missing)},或其值不是 base64url 文本", hint=_HINT)
    if kty in _CURVES and jwk["crv"] != _CURVES[kty]:
        raise KeyInvalidError(f"{kty} 密钥的曲线(crv)只能是 {_CURVES[kty]}", hint=_HINT)
    _check_use(jwk, kty)
    public = {"kty": kty, **{name: jwk[name] for name in values}}
    try:
        _check_size(public)
        thumbprint = public_key(public).thumbprint()
    except (JoseError, ValueError):  # also: a point that is not on the curve
        raise KeyInvalidError("密钥的内容不是有效的公钥", hint=_HINT) from None
    kid = jwk.get("kid", thumbprint)
    if not isinstance(kid, str) or not KID.fullmatch(kid):
        raise KeyInvalidError(
            "kid 只能由字母、数字与 . _ - 组成,最长 128 个字符", hint="改用别的 kid,或不写(取 RFC 7638 指纹)"
        )
    alg = {"alg": jwk["alg"]} if "alg" in jwk else {}
    return AdmittedKey(kid, {**public, **alg, "kid": kid, "use": "sig"}, thumbprint)


def expiry(wanted: datetime | None, now: datetime) -> datetime:
    """When a new key ends: a year unless wanted otherwise, two years at most. Raises KeyInvalidError."""
    if wanted is None:
        return now + LIFETIME
    if not now < wanted <= now + LIFETIME_MAX:
        raise KeyInvalidError(
            "密钥的到期时间须在现在之后、两年以内", hint="不写 expires_at 则为一年", expires_at=wanted.isoformat()
        )
    return wanted.astimezone(UTC)


def _check_use(jwk: dict[str, Any], kty: str) -> None:
    if jwk.get("use", "sig") != "sig" or jwk.get("key_ops", ["verify"]) != ["verify"]:
        raise KeyInvalidError("密钥的用途须为签名:use=sig、key_ops=[verify]", hint="去掉或改正 use、key_ops")
    if "alg" in jwk and jwk["alg"] not in ALGORITHMS[kty]:
        raise KeyInvalidError(f"{kty} 密钥的 alg 只能是 {'、'.join(ALGORITHMS[kty])}", hint="去掉或改正 alg")


def _check_size(public: dict[str, Any]) -> None:
    raw = {name: urlsafe_b64decode(public[name].encode()) for name in ("x", "y", "n", "e") if name in public}
    if any(len(raw[name]) != 32 for name in ("x", "y") if name in raw):
        raise ValueError("a coordinate has 32 bytes")
    if public["kty"] == "OKP" and int.from_bytes(raw["x"], "little") % 2**255 in _SMALL_ORDER:
        raise ValueError("a point of small order")
    if "n" in raw:
        if raw["n"].startswith(b"\0") or raw["e"].startswith(b"\0"):
            raise ValueError("numbers have no leading zeros (RFC 7518, 2), else one key would have two thumbprints")
        bits = int.from_bytes(raw["n"], "big").bit_length()
        if bits not in RSA_BITS:
            raise KeyInvalidError(f"RSA 密钥应为 2048 至 8192 位,实际 {bits} 位", hint=_HINT)
        if int.from_bytes(raw["e"], "big") != RSA_EXPONENT:
            raise KeyInvalidError(f"RSA 密钥的指数(e)只能是 {RSA_EXPONENT}", hint=_HINT)
