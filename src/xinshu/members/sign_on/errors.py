"""Why a sign-on through another organisation's provider is refused."""

from __future__ import annotations

from typing import ClassVar

from xinshu.core.errors import ConflictError, NotFoundError, SettingError, UnavailableError, XinshuError


class SignOnProviderInvalidError(SettingError):
    """A provider's YAML, its key or its secret is wrong."""

    code = "sign_on_provider_invalid"


class SignOnProviderUnknownError(NotFoundError):
    """No provider has this name."""

    code = "sign_on_provider_unknown"


class SignOnUnavailableError(UnavailableError):
    """The provider does not answer, or not as OpenID Connect asks."""

    code = "sign_on_unavailable"


class SignOnAnswerError(XinshuError):
    """The browser came back with something that is not the answer to what was asked."""

    code = "sign_on_answer_invalid"


class SignOnRefusedError(XinshuError):
    """The provider refused: the person cancelled, or the code is not good (any more)."""

    status: ClassVar[int] = 401
    code: ClassVar[str] = "sign_on_refused"


class SignOnTokenError(XinshuError):
    """The ID token does not prove who it is; `details.reason` names the check that failed."""

    status: ClassVar[int] = 401
    code: ClassVar[str] = "sign_on_token_invalid"


class SignOnKeyUnknownError(SignOnTokenError):
    """The ID token names a key that is not among the provider's; it may have changed its keys."""


class SignOnUnlinkedError(XinshuError):
    """Proven who it is, but no account is linked to that person."""

    status: ClassVar[int] = 403
    code: ClassVar[str] = "sign_on_unlinked"


class SignOnLinkedError(ConflictError):
    """The account or the person at the provider is linked already, to another."""

    code = "sign_on_linked_already"


class SignOnMemberError(XinshuError):
    """The account is not one of the member to which the provider belongs."""

    status: ClassVar[int] = 403
    code: ClassVar[str] = "sign_on_other_member"
