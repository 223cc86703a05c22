"""What can go wrong in onboarding."""

from __future__ import annotations

from typing import ClassVar

from xinshu.core.errors import ConflictError, NotFoundError, SettingError, XinshuError


class MemberNotFoundError(NotFoundError):
    """No member of that id, or none that the caller may know of."""

    code = "member_not_found"


class ApplicationError(XinshuError):
    """The application says something that cannot be; `details.field` names the field."""

    status: ClassVar[int] = 422
    code: ClassVar[str] = "application_invalid"

    def __init__(self, message: str, *, field: str, hint: str = "") -> None:
        super().__init__(message, hint=hint, field=field)


class AlreadyMemberError(ConflictError):
    """The organisation takes part already, or has applied."""

    code = "member_exists"


class ProviderCodeTakenError(ConflictError):
    """Another member bears the provider code."""

    code = "provider_code_taken"


class WiderThanParentError(ConflictError):
    """A branch would be wider than its parent, or a parent narrower than a branch."""

    code = "wider_than_parent"


class TransitionError(ConflictError):
    """The state machine has no such step from where the member stands."""

    code = "transition_forbidden"


class ConditionsError(ConflictError):
    """Conditions of the step do not hold; `details.checks` lists them all."""

    code = "conditions_unmet"


class ParentConsentError(ConflictError):
    """Nobody becomes a branch of a member that has not confirmed it."""

    code = "parent_not_confirmed"


class SamePersonError(XinshuError):
    """Separation of duties: this person has done another part of the same matter."""

    status: ClassVar[int] = 403
    code: ClassVar[str] = "same_person"


class ReasonMissingError(XinshuError):
    """Refusing, suspending and leaving need a reason in words."""

    status: ClassVar[int] = 422
    code: ClassVar[str] = "reason_missing"


class BranchesRemainError(ConflictError):
    """A member cannot leave while members below it take part."""

    code = "branches_remain"


class ChangePendingError(ConflictError):
    """A change of the same member waits for a decision."""

    code = "change_pending"


class ChangeNotFoundError(NotFoundError):
    """The member has no such change waiting."""

    code = "change_not_found"


class DocumentError(XinshuError):
    """A document that cannot be taken."""

    status: ClassVar[int] = 422
    code: ClassVar[str] = "document_invalid"


class DocumentTooLargeError(XinshuError):
    """More bytes than a document may have."""

    status: ClassVar[int] = 413
    code: ClassVar[str] = "document_too_large"


class DocumentTypeError(XinshuError):
    """The content is none of the types allowed."""

    status: ClassVar[int] = 415
    code: ClassVar[str] = "document_type"


class DocumentNotFoundError(NotFoundError):
    """The member has no such document."""

    code = "document_not_found"


class DocumentDamagedError(XinshuError):
    """What lies in the lake is not what was handed in."""

    status: ClassVar[int] = 500
    code: ClassVar[str] = "document_damaged"


class AgreementNotFoundError(NotFoundError):
    """No such agreement, version, or acceptance."""

    code = "agreement_not_found"


class AgreementError(ConflictError):
    """The agreement cannot be accepted or countersigned now."""

    code = "agreement_refused"


class CertificateError(XinshuError):
    """A certificate that does not hold."""

    status: ClassVar[int] = 422
    code: ClassVar[str] = "certificate_invalid"


class CertificateNotFoundError(NotFoundError):
    """The member has no certificate."""

    code = "certificate_not_found"


class OnboardingDefinitionError(SettingError):
    """A checklist or an agreement of the definitions is wrong."""

    code = "onboarding_definition_invalid"
