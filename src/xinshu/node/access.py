"""The bootstrap token: who has it makes the first operator of this node, once. After that it opens nothing.

Kept in `home/admin-token`, made at the start of a node that has no operator yet; compared in constant time, never
logged, removed when it has served.
"""

from __future__ import annotations

import contextlib
import hmac
import os
import secrets
from collections.abc import Iterator

from xinshu.core.errors import SettingError
from xinshu.core.settings import Settings

MINIMUM = 20


class BootstrapToken:
    """Where the token is: the setting `admin_token`, else the file."""

    def __init__(self, settings: Settings) -> None:
        """Raises SettingError for a token that is too short."""
        given = settings.admin_token
        self._given = given.get_secret_value() if given is not None else None
        if self._given is not None and len(self._given) < MINIMUM:
            raise SettingError(f"XINSHU_ADMIN_TOKEN 太短(少于 {MINIMUM} 个字符)", hint="用 openssl rand -hex 24 生成")
        self.path = settings.home / "admin-token"

    def make(self) -> None:
        """Write a new token where there is none; of two processes the first one's stays. Raises SettingError."""
        if self._given is not None or self.path.exists():
            return
        with self._explained():
            self.path.parent.mkdir(parents=True, exist_ok=True)
            partial = self.path.with_name(f".admin-token-{os.getpid()}")
            descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "w") as handle:
                handle.write(secrets.token_urlsafe(32) + "\n")
            try:
                os.link(partial, self.path)
            except FileExistsError:
                pass
            finally:
                partial.unlink()

    def read(self) -> str | None:
        """The token; None when there is none. Raises SettingError for a file that cannot be read or is too short."""
        if self._given is not None:
            return self._given
        with self._explained():
            try:
                token = self.path.read_text().strip()
            except FileNotFoundError:
                return None
        if len(token) < MINIMUM:
            raise SettingError(f"初始化令牌文件 {self.path} 为空或太短", hint="删去该文件,启动时会重新生成")
        return token

    def matches(self, given: str) -> bool:
        """Whether it is the token, in constant time; nothing matches when there is none."""
        token = self.read()
        return token is not None and hmac.compare_digest(given.encode("utf-8", "surrogatepass"), token.encode())

    def destroy(self) -> None:
        """Remove the file. A token given by a setting is refused by its digest from now on. Raises SettingError."""
        with self._explained():
            self.path.unlink(missing_ok=True)

    @contextlib.contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "不是文本"
            raise SettingError(f"无法读写初始化令牌 {self.path}:{reason}", hint="检查目录权限") from error
