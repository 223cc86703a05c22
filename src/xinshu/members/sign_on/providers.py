"""The providers through which staff of members sign on, as YAML: one file each, `<name>.yml` in setting `sign_on`."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

import yaml
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OKPKey, RSAKey
from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator

from xinshu.core.settings import ENV_PREFIX
from xinshu.members.model import member_id
from xinshu.members.sign_on.errors import SignOnProviderInvalidError, SignOnProviderUnknownError

Algorithm = Literal["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "Ed25519"]
SigningKey = RSAKey | ECKey | OKPKey
_NAME = re.compile(r"[a-z][a-z0-9-]{0,62}")
_KEYS: dict[str, type[SigningKey]] = {"RS": RSAKey, "PS": RSAKey, "ES": ECKey, "Ed": OKPKey}


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class KeyClient(_Strict):
    """This node proves itself with a key (RFC 7523); `audience`: what older providers want to see in the assertion."""

    method: Literal["private_key_jwt"]
    key_file: Path
    key_id: str | None = Field(None, max_length=200)
    algorithm: Algorithm = "ES256"
    audience: Literal["issuer", "token-endpoint"] = "issuer"


class SecretClient(_Strict):
    """This node proves itself with a secret, which stands in an environment variable."""

    method: Literal["client_secret_basic", "client_secret_post"]
    secret_env: str = Field(pattern=r"^[A-Z][A-Z0-9_]{0,99}$")

    @field_validator("secret_env")
    @classmethod
    def _not_a_setting(cls, value: str) -> str:
        if value.startswith(ENV_PREFIX):
            raise ValueError(f"must not begin with {ENV_PREFIX}, which is kept for settings")
        return value


class ProviderFile(_Strict):
    """What stands in the file. `claim`: the claim of the ID token that names the person for ever, `sub` or, where the
    provider makes another `sub` for each client, one that stays (`oid`). `hosts`: further hosts of its endpoints."""

    name: str = Field(min_length=1, max_length=100)
    issuer: str = Field(max_length=500)
    client_id: str = Field(min_length=1, max_length=200)
    client: Annotated[KeyClient | SecretClient, Field(discriminator="method")]
    member: str = Field(pattern=r"^[0-9A-Z]{18}$")
    claim: str = Field("sub", pattern=r"^[A-Za-z_][A-Za-z0-9_:./-]{0,99}$")
    scopes: tuple[str, ...] = ("openid",)
    acr: tuple[str, ...] = ()
    algorithms: tuple[Algorithm, ...] = Field(("RS256", "PS256", "ES256", "Ed25519"), min_length=1)
    hosts: tuple[str, ...] = ()

    @field_validator("issuer")
    @classmethod
    def _address(cls, value: str) -> str:
        if not is_safe(value) or urlsplit(value).query or urlsplit(value).fragment:
            raise ValueError("must be an https address without query (http only on this machine)")
        return value

    @field_validator("scopes")
    @classmethod
    def _openid(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if "openid" not in value:
            raise ValueError("must contain openid")
        return value


@dataclass(frozen=True)
class Provider:
    """A provider ready for use. `member_id`: whose staff may sign on here."""

    id: str
    file: ProviderFile
    member_id: str
    key: SigningKey | None = None
    secret: SecretStr | None = None

    def allows(self, address: object) -> bool:
        """Whether this node may be sent to `address`: safe, and on a host named in the file."""
        if not isinstance(address, str) or not is_safe(address):
            return False
        return urlsplit(address).hostname in {urlsplit(self.file.issuer).hostname, *self.file.hosts}


class Providers:
    """The providers of this node by name."""

    def __init__(self, providers: tuple[Provider, ...]) -> None:
        self._by_id = {one.id: one for one in providers}

    @classmethod
    def load(cls, folder: Path, environment: Mapping[str, str] = os.environ) -> Providers:
        """All providers of a folder; none where it is absent. Raises SignOnProviderInvalidError naming the first wrong
        file."""
        found = tuple(_read(path, environment) for path in sorted(folder.glob("*.yml")))
        claims: dict[str, str] = {}
        for one in found:
            if claims.setdefault(one.file.issuer, one.file.claim) != one.file.claim:
                raise SignOnProviderInvalidError(
                    f"登录方 {one.id} 与另一个文件的 issuer 相同而 claim 不同",
                    hint="同一 issuer 的人员标识必须取自同一个 claim",
                )
        return cls(found)

    def all(self) -> tuple[Provider, ...]:
        """All, in the order of their names."""
        return tuple(self._by_id.values())

    def get(self, name: str) -> Provider:
        """One of them. Raises SignOnProviderUnknownError."""
        found = self._by_id.get(name)
        if found is None:
            raise SignOnProviderUnknownError(
                f"没有名为 {name[:64]} 的统一身份登录", hint="用 GET /v1/sign-on 查看可用的登录方"
            )
        return found


def is_safe(address: str) -> bool:
    """Whether an address is https, or http on this machine."""
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return False
    if host is None or parts.username is not None or parts.password is not None:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and host in ("localhost", "127.0.0.1", "::1"))


def _read(path: Path, environment: Mapping[str, str]) -> Provider:
    try:
        file = ProviderFile.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise SignOnProviderInvalidError(
            f"登录方文件 {path.name} 无法读取:{error}", hint="检查该文件的权限与 YAML 写法"
        ) from error
    except ValidationError as error:
        faults = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors(include_input=False))
        raise SignOnProviderInvalidError(f"登录方文件 {path.name} 有误:{faults}", hint="检查该文件") from None
    if _NAME.fullmatch(path.stem) is None:
        raise SignOnProviderInvalidError(
            f"登录方文件名 {path.name} 不合要求", hint="用小写字母开头,由小写字母、数字、连字符组成"
        )
    owner = member_id(file.member)
    if isinstance(file.client, KeyClient):
        return Provider(path.stem, file, owner, key=_key(path, file.client))
    secret = environment.get(file.client.secret_env, "")
    if secret == "":
        raise SignOnProviderInvalidError(
            f"登录方文件 {path.name} 所指的环境变量 {file.client.secret_env} 没有设置", hint="在启动前设置它"
        )
    return Provider(path.stem, file, owner, secret=SecretStr(secret))


def _key(path: Path, client: KeyClient) -> SigningKey:
    file = path.parent / client.key_file
    try:
        mode = file.stat().st_mode
        if mode & 0o077:
            raise SignOnProviderInvalidError(
                f"密钥文件 {file} 的权限过宽({stat.S_IMODE(mode):04o})", hint=f"执行 chmod 600 {file},并考虑更换密钥"
            )
        text = file.read_bytes()
        key = _KEYS[client.algorithm[:2]].import_key(text)
        jws.serialize_compact({"alg": client.algorithm}, b"", key, algorithms=[client.algorithm])
    except OSError as error:
        raise SignOnProviderInvalidError(f"密钥文件 {file} 无法读取:{error.strerror}", hint="检查路径与权限") from None
    except (ValueError, TypeError, JoseError):
        raise SignOnProviderInvalidError(
            f"密钥文件 {file} 不是 {client.algorithm} 的私钥", hint="给出 PEM 格式、不加口令的私钥,或修改 algorithm"
        ) from None
    return key
