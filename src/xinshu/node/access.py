"""The local administrator token: who has it is the operator of this node.

Kept in `home/admin-token`, made at first start; compared in constant time, never logged.
"""

# Annotations are not postponed here: FastAPI could not resolve the local names of the dependencies in them.

import hmac
import os
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

from fastapi import Depends
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from xinshu.core.errors import SettingError, XinshuError
from xinshu.core.settings import Settings

OPERATOR = "operator"
MINIMUM = 20


class UnauthorisedError(XinshuError):
    """No token, or a wrong one."""

    status = 401
    code = "unauthorised"


def admin_token(settings: Settings) -> str:
    """The token in force, made at first use. Raises SettingError for one that is too short or a file not readable."""
    if settings.admin_token is not None:
        token = settings.admin_token.get_secret_value()
        if len(token) < MINIMUM:
            raise SettingError(f"XINSHU_ADMIN_TOKEN 太短(少于 {MINIMUM} 个字符)", hint="用 openssl rand -hex 24 生成")
        return token
    path = settings.home / "admin-token"
    try:
        if path.exists():
            return _read(path)
        path.parent.mkdir(parents=True, exist_ok=True)
        token = secrets.token_urlsafe(32)
        partial = path.with_name(f".admin-token-{os.getpid()}")
        descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as handle:
            handle.write(token + "\n")
        try:
            os.link(partial, path)  # whoever is first; the other reads what is there
        except FileExistsError:
            pass
        finally:
            partial.unlink()
        return _read(path)
    except OSError as error:
        raise SettingError(f"无法读写管理员令牌 {path}:{error.strerror}", hint="检查目录权限") from error


def _read(path: Path) -> str:
    token = path.read_text().strip()
    if len(token) < MINIMUM:
        raise SettingError(f"管理员令牌文件 {path} 为空或太短", hint="删去该文件,启动时会重新生成")
    return token


def operator_only(token: str) -> Callable[..., str]:
    """A dependency that admits the holder of the administrator token and gives the actor's name."""
    bearer = HTTPBearer(auto_error=False, description="管理员令牌(home/admin-token)")

    def admit(given: Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)]) -> str:
        if given is None:
            raise UnauthorisedError("没有提供令牌", hint="请求头写 Authorization: Bearer <管理员令牌>")
        if not hmac.compare_digest(given.credentials.encode(), token.encode()):
            raise UnauthorisedError("令牌不正确", hint="用 xinshu config token 查看管理员令牌的位置")
        return OPERATOR

    return admit
