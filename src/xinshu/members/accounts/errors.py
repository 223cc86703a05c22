"""What can go wrong with accounts. No message carries a secret or says more than the caller may know."""

from __future__ import annotations

from typing import ClassVar

from xinshu.core.errors import ConflictError, NotFoundError, UnavailableError, XinshuError
from xinshu.members.permissions.guards import UnauthorisedError


class SignInFailedError(XinshuError):
    """Unknown login, wrong password or locked: the same answer for all, so that guessing tells nothing."""

    status: ClassVar[int] = 401
    code: ClassVar[str] = "sign_in_failed"

    def __init__(self) -> None:
        super().__init__(
            "登录名或密码不正确,或账户因多次失败暂时锁定",
            hint="核对后再试;连续失败 5 次锁定 15 分钟,之后逐次加倍。忘记密码请联系本单位管理员重置",
        )


class SecondFactorFailedError(XinshuError):
    """The code does not fit, has been used, or the account is locked; `details.challenge` is for the next attempt."""

    status: ClassVar[int] = 401
    code: ClassVar[str] = "second_factor_failed"


class SignInBusyError(UnavailableError):
    """More passwords wait to be checked than this node checks."""

    code = "sign_in_busy"


class AccountUnusableError(UnauthorisedError):
    """The account exists and the proof is right, but it may not be used (now); `details.reason` says why."""

    code: ClassVar[str] = "account_unusable"


class SessionInvalidError(UnauthorisedError):
    """No such session, or it has ended."""

    code: ClassVar[str] = "session_invalid"


class SessionExpiredError(SessionInvalidError):
    """Idle or open for too long."""

    code = "session_expired"


class CrossSiteError(XinshuError):
    """The request comes from a page of another site."""

    status: ClassVar[int] = 403
    code: ClassVar[str] = "cross_site_refused"


class CsrfError(XinshuError):
    """A change asked with a session's cookie but without the session's token."""

    status: ClassVar[int] = 403
    code: ClassVar[str] = "csrf_refused"


class SignInAgainError(XinshuError):
    """What is asked needs a recent or stronger sign-in."""

    status: ClassVar[int] = 403
    code: ClassVar[str] = "sign_in_again"


class OldPasswordError(XinshuError):
    """The present password is not this one, or the account is locked."""

    status: ClassVar[int] = 403
    code: ClassVar[str] = "old_password_wrong"


class WeakPasswordError(XinshuError):
    """The password does not meet the rules."""

    code: ClassVar[str] = "password_weak"


class LoginInvalidError(XinshuError):
    """The login has a form that is not allowed."""

    code: ClassVar[str] = "login_invalid"


class LoginTakenError(ConflictError):
    """Somebody has this login."""

    code = "login_taken"


class PersonInvalidError(XinshuError):
    """Telephone, e-mail or citizen number have a wrong form; the message never repeats them."""

    code: ClassVar[str] = "person_invalid"


class RolesRefusedError(XinshuError):
    """These roles do not go with this kind of member."""

    code: ClassVar[str] = "roles_refused"


class AccountNotFoundError(NotFoundError):
    """There is no such account."""

    code = "account_not_found"


class AccountStateError(ConflictError):
    """The account is in a state that does not allow this."""

    code = "account_state"


class MemberMissingError(NotFoundError):
    """There is no such member."""

    code = "member_not_found"


class SessionNotFoundError(NotFoundError):
    """The account has no such session."""

    code = "session_not_found"


class InvitationInvalidError(XinshuError):
    """Unknown, used or expired."""

    code: ClassVar[str] = "invitation_invalid"


class SecondPersonError(ConflictError):
    """Operators' accounts are not handed out, raised or handed out anew by one person alone."""

    code = "second_person_needed"


class ProposalNotFoundError(NotFoundError):
    """There is no such proposal."""

    code = "proposal_not_found"


class ProposalStateError(ConflictError):
    """The proposal is decided, too old, not needed, or no longer fits what it is about."""

    code = "proposal_state"


class EnrolmentError(XinshuError):
    """The code does not fit the new secret; `details.enrolment` is for the next attempt."""

    code: ClassVar[str] = "totp_not_confirmed"


class RepresentativeError(ConflictError):
    """The facts do not allow this person to be approved for this firm."""

    code = "representative_refused"


class DelegationInvalidError(XinshuError):
    """Dates or scope of a delegation are not possible."""

    code: ClassVar[str] = "delegation_invalid"


class DelegationNotFoundError(NotFoundError):
    """There is no such delegation."""

    code = "delegation_not_found"


class BootstrapRefusedError(XinshuError):
    """The token is wrong."""

    status: ClassVar[int] = 401
    code: ClassVar[str] = "bootstrap_refused"


class BootstrapClosedError(ConflictError):
    """The node has its operator; the token opens nothing any more."""

    code = "bootstrap_closed"
