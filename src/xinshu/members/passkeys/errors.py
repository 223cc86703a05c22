"""Why a passkey is refused."""

from __future__ import annotations

from typing import ClassVar

from xinshu.core.errors import ConflictError, NotFoundError, XinshuError


class PasskeyRefusedError(XinshuError):
    """What the browser sent does not prove possession of the passkey; `details.reason` names the check that failed."""

    status: ClassVar[int] = 401
    code: ClassVar[str] = "passkey_refused"


class PasskeyClonedError(PasskeyRefusedError):
    """The counter of the authenticator did not grow: a copy of it may exist (WebAuthn level 3, 6.1.1)."""

    code = "passkey_cloned"


class PasskeyMalformedError(XinshuError):
    """What was sent is not an answer of an authenticator."""

    code: ClassVar[str] = "passkey_malformed"


class PasskeyExistsError(ConflictError):
    """The authenticator is registered already."""

    code = "passkey_exists"


class PasskeyNotFoundError(NotFoundError):
    """The account has no such passkey."""

    code = "passkey_not_found"


class PasskeyNameError(XinshuError):
    """The name is empty, too long or not to be shown."""

    code: ClassVar[str] = "passkey_name_invalid"


class TooManyPasskeysError(ConflictError):
    """The account has as many passkeys as it may."""

    code = "too_many_passkeys"


class LastFactorError(ConflictError):
    """Without this passkey the account could not be entered, or by a password alone."""

    code = "last_factor"
