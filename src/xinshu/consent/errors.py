"""Why an act on an authorisation is refused. Codes are stable; messages name no personal data."""

from __future__ import annotations

from typing import ClassVar

from xinshu.core.errors import ConflictError, NotFoundError, SettingError, XinshuError


class ConsentNotFoundError(NotFoundError):
    """There is no such authorisation, or none that the caller may see."""

    code = "consent_not_found"


class ArtefactInvalidError(XinshuError):
    """What was given is not an artefact in its canonical form."""

    code = "artefact_invalid"


class ConsentTermsError(XinshuError):
    """What is asked for is not allowed for this purpose, this member or these items; `details.reason` says which."""

    code: ClassVar[str] = "consent_terms_refused"


class ConsentWidenedError(XinshuError):
    """A firm may narrow what it is asked for, never widen it; `details.part` names what would be wider."""

    code: ClassVar[str] = "consent_widened"


class ConsentStateError(ConflictError):
    """The authorisation's state does not allow the act."""

    code = "consent_state"


class RevisionError(ConflictError):
    """The artefact that was shown is no longer the one that counts."""

    code = "consent_revision_changed"


class SignerError(XinshuError):
    """The person may not sign this; `details.reason` says why."""

    status: ClassVar[int] = 403
    code: ClassVar[str] = "signer_refused"


class MandateEndedError(SignerError):
    """The delegate's mandate does not cover signing today."""

    code = "mandate_ended"


class PersonalConsentError(XinshuError):
    """Personal information needs the person's own separate consent, and it was not given."""

    code: ClassVar[str] = "personal_consent_missing"


class SigningMethodError(XinshuError):
    """This way of signing is not offered, or not for this purpose."""

    code: ClassVar[str] = "signing_method_refused"


class SignatureRefusedError(XinshuError):
    """The signature does not prove what it should; `details.reason` names the check that failed."""

    code: ClassVar[str] = "signature_refused"


class CertificateRefusedError(SignatureRefusedError):
    """The certificate is not one by which this firm can sign here; `details.reason` names the check that failed."""

    code = "certificate_refused"


class PaperError(ConflictError):
    """The paper cannot be attached or verified now, or not by this person."""

    code = "paper_refused"


class SamePersonError(XinshuError):
    """A second person must do this."""

    status: ClassVar[int] = 403
    code: ClassVar[str] = "same_person"


class ConsentDefinitionsError(SettingError):
    """The purposes in definitions/consent are wrong."""

    code = "consent_definitions_invalid"
