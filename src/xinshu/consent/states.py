"""The states of an authorisation, as a table: draft → pending → active ⇄ paused → revoked | exhausted; or rejected.

Expiry is told by the clock (`effective`), not by a job: a stored state of active whose time is over is expired.
"""

from __future__ import annotations

from datetime import datetime

from xinshu.consent.errors import ConsentStateError
from xinshu.consent.view import State

EXPIRED = "expired"
STATE_NAMES = {
    State.DRAFT: "草稿",
    State.PENDING: "待签署",
    State.ACTIVE: "有效",
    State.PAUSED: "已暂停",
    State.REVOKED: "已撤回",
    State.EXHAUSTED: "次数已用完",
    State.REJECTED: "未同意",
    EXPIRED: "已过期",
}
EVENT_NAMES = {
    "request": "拟定",
    "send": "送达",
    "cancel": "撤销申请",
    "prepare": "确定内容",
    "attach": "附纸质授权书",
    "attest": "签名待见证",
    "sign": "签署",
    "witness": "见证",
    "check": "核对纸质授权书",
    "verify": "核验通过",
    "decline": "不同意",
    "pause": "暂停",
    "resume": "恢复",
    "revoke": "撤回",
    "withdraw-personal": "撤回个人信息同意",
    "exhaust": "次数用完",
    "give-back": "退回一次",
}

# event → states in which it may happen → the state after it
TRANSITIONS: dict[str, dict[State, State]] = {
    "send": {State.DRAFT: State.PENDING},
    "cancel": {State.DRAFT: State.REJECTED, State.PENDING: State.REJECTED},
    "prepare": {State.PENDING: State.PENDING},  # narrowing, and saying who signs: a new artefact
    "attach": {State.PENDING: State.PENDING},  # a paper signed by hand
    "attest": {State.PENDING: State.PENDING},  # signed, and a witness has to confirm it
    "sign": {State.PENDING: State.ACTIVE},
    "witness": {State.PENDING: State.ACTIVE},
    "check": {State.PENDING: State.PENDING},  # the first of two who verify the paper
    "verify": {State.PENDING: State.ACTIVE},  # the second
    "decline": {State.PENDING: State.REJECTED},
    "pause": {State.ACTIVE: State.PAUSED},
    "resume": {State.PAUSED: State.ACTIVE},
    "revoke": {State.ACTIVE: State.REVOKED, State.PAUSED: State.REVOKED},
    "withdraw-personal": {State.ACTIVE: State.ACTIVE, State.PAUSED: State.PAUSED},
    "exhaust": {State.ACTIVE: State.EXHAUSTED},
    "give-back": {State.EXHAUSTED: State.ACTIVE},  # the last call was not answered
}


def effective(state: State, valid_to: datetime, answer_by: datetime, now: datetime) -> str:
    """The state as anybody should see it now: the stored one, or `expired`."""
    if state in (State.DRAFT, State.PENDING):
        return EXPIRED if min(valid_to, answer_by) <= now else state.value
    return EXPIRED if state in (State.ACTIVE, State.PAUSED) and valid_to <= now else state.value


def after(state: State, event: str, valid_to: datetime, answer_by: datetime, now: datetime) -> State:
    """The state after an event. Raises ConsentStateError when it cannot happen now."""
    shown = effective(state, valid_to, answer_by, now)
    target = TRANSITIONS[event].get(state)
    if target is None or shown == EXPIRED:
        raise not_now(shown, event)
    return target


def not_now(shown: str, event: str, hint: str = "") -> ConsentStateError:
    """The refusal of an event in a state."""
    return ConsentStateError(
        f"授权{STATE_NAMES[shown]},不能{EVENT_NAMES[event]}",
        hint=hint or "查看授权的现状;需要时由机构重新发起申请",
        state=shown,
        event=event,
    )
