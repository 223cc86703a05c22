"""Why an item is given, cut or refused, in both languages; and why there is no evaluation. Pure."""

from __future__ import annotations

from xinshu.consent.rules import Decision
from xinshu.report.model import Reason, Text

# Codes of `consent.rules.Decision`; the Chinese words are the gate's own.
_ENGLISH = {
    "open_information": "Open information",
    "consented": "Authorised by the firm",
    "own_information": "The firm's own information; sealed personal facts masked",
    "operator_upkeep": "For upkeep by the operator; personal facts masked",
    "not_own_item": "Not within this member's admission",
    "reader_unknown": "Nobody is signed in",
    "consent_missing": "Needs the firm's authorisation; there is none for this member",
    "consent_other_subject": "The authorisation is another subject's",
    "consent_other_grantee": "The authorisation is for another member",
    "consent_other_item": "The authorisation does not name this item",
    "consent_other_purpose": "The authorisation is for another purpose",
    "consent_rejected": "The firm declined the request",
    "consent_revoked": "The firm has withdrawn the authorisation",
    "consent_expired": "The authorisation has expired",
    "consent_exhausted": "All uses of the authorisation are taken",
    "consent_pending": "The firm has not signed the authorisation",
    "consent_not_yet_valid": "The authorisation is not yet valid",
    "consent_paused": "The firm has paused the authorisation",
    "consent_other_period": "The day is before the authorised range of data",
    "consent_frequency": "The authorisation's uses of this day or month are taken",
}

NO_MODEL = Text(
    zh="没有施行中的评价模型适用于此类主体,本报告不含信用评价。",
    en="No model in force evaluates subjects of this kind; this report has no evaluation.",
)
USE_FORBIDDEN = Text(
    zh="信用评价模型不允许用于本报告的用途,本报告不含信用评价。",
    en="The model is not made for this purpose; this report has no evaluation.",
)
NO_RIGHT = Text(
    zh="取得本报告的人员无权查看信用评价,本报告不含信用评价。",
    en="The reader may not see evaluations; this report has none.",
)


def reason_of(decision: Decision) -> Reason:
    """What the report says of a decision, with the remedy where there is one."""
    english = _ENGLISH.get(decision.code, decision.code)
    if decision.kept_back is not None:
        english += f"; the rest is kept back: {_ENGLISH.get(decision.kept_back, decision.kept_back)}"
    words = f"{decision.reason};{decision.remedy}" if decision.remedy else decision.reason
    return Reason(code=decision.code, zh=words, en=english)
