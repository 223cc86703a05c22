"""What accounts may do with passkeys. Pure."""

from __future__ import annotations

import re

from xinshu.members.accounts.model import Account
from xinshu.members.passkeys.errors import LastFactorError, PasskeyNameError, TooManyPasskeysError

PASSKEYS_MAX = 20
_NAME = re.compile(r"[^\x00-\x1f\x7f]{1,64}")


def check_name(given: str) -> str:
    """The name under which a person knows a passkey. Raises PasskeyNameError."""
    name = given.strip()
    if _NAME.fullmatch(name) is None:
        raise PasskeyNameError("通行密钥的名称应为 1 至 64 个可见字符", hint="例如“办公电脑”")
    return name


def check_room(account: Account) -> None:
    """Raises TooManyPasskeysError when the account has as many as it may."""
    if account.passkeys >= PASSKEYS_MAX:
        raise TooManyPasskeysError(f"账户已有 {account.passkeys} 个通行密钥", hint="先移除不用的")


def check_removal(account: Account) -> None:
    """Whether one passkey may go: another, the organisation's own sign-on, or a password with codes must stay.

    Raises LastFactorError.
    """
    codes = account.password_hash is not None and account.totp_sealed is not None
    if account.passkeys <= 1 and account.oidc_subject is None and not codes:
        raise LastFactorError("这是账户最后一个第二因素,不能移除", hint="先登记另一个通行密钥,或设置密码并启用验证码")
