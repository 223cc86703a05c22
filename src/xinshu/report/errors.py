"""What can be wrong with asking for a report, with reading one again, and with feedback."""

from __future__ import annotations

from xinshu.core.errors import ConflictError, NotFoundError, XinshuError


class ReportNotFoundError(NotFoundError):
    """No such report, or none that this caller may know of."""

    code = "report_not_found"


class ReportQuestionError(XinshuError):
    """Variant, days or purpose do not fit together; `details.reason` says which."""

    code = "report_question"


class ReportNotOwnError(XinshuError):
    """The content is the reader's own; others see that the report was obtained, not what it says."""

    status = 403
    code = "report_not_own"


class ReportExpiredError(XinshuError):
    """The document was deleted when its time was over; number, digest and evidence stay."""

    status = 410
    code = "report_expired"


class ReportOutdatedError(ConflictError):
    """A fact in it was repaired, withdrawn, corrected or disputed since."""

    code = "report_outdated"


class ReportConsentEndedError(XinshuError):
    """An authorisation that it relies on is no longer in force."""

    status = 403
    code = "report_consent_ended"


class ReportKeyReusedError(ConflictError):
    """The idempotency key was used for another report."""

    code = "idempotency_key_reused"


class FeedbackInvalidError(XinshuError):
    """The feedback names an item or a row that the report does not have."""

    code = "feedback_invalid"


class FeedbackNotFoundError(NotFoundError):
    """No such feedback, or none that this caller may answer."""

    code = "feedback_not_found"


class FeedbackAnsweredError(ConflictError):
    """It was answered before; an answer stays as it is."""

    code = "feedback_answered"
