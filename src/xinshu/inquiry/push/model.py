"""Types of push: webhooks, subscriptions, events. No I/O."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

import orjson

from xinshu.core.errors import ConflictError, NotFoundError, XinshuError
from xinshu.inquiry.screening.model import Criteria

WEBHOOKS_MAX = 10  # of one member
SUBSCRIPTIONS_MAX = 10_000
SCREENINGS_MAX = 20
REPLAY_MAX = 1_000  # events of one request
RETRY_FOR = timedelta(days=3)
FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(hours=6)
REST = timedelta(seconds=10)  # between two challenges of one webhook


class WebhookUnknownError(NotFoundError):
    """No webhook has this id."""

    code = "webhook_unknown"


class WebhookStateError(ConflictError):
    """The webhook is not in the state that this needs."""

    code = "webhook_state"


class WebhookLimitError(ConflictError):
    """The member has as many webhooks, subscriptions or lists as one may."""

    code = "push_limit"


class ChallengeError(ConflictError):
    """The webhook answered, but did not give the challenge back."""

    code = "webhook_challenge_failed"


class TooSoonError(XinshuError):
    """A challenge was sent a moment ago."""

    status = 429
    code = "webhook_too_soon"


class SubscriptionUnknownError(NotFoundError):
    """No subscription has this id."""

    code = "subscription_unknown"


class SubscriptionEndedError(ConflictError):
    """The subscription is over."""

    code = "subscription_ended"


class NotReadableError(XinshuError):
    """Something of what is subscribed to may not be read: `details.items` says what, why, and what to do."""

    status = 403
    code = "subscription_not_readable"


class Kind(StrEnum):
    """What a subscription is about: one firm; every firm with an authorisation in force; the changes of a list."""

    SUBJECT = "subject"
    CONSENTED = "consented"
    SCREENING = "screening"


class EventState(StrEnum):
    """What became of an event. `dead`: given up after three days; `closed`: it may not be delivered (any more)."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    DEAD = "dead"
    CLOSED = "closed"


EVERY = {"day": timedelta(days=1), "week": timedelta(days=7)}


@dataclass(frozen=True)
class Webhook:
    """Where a member receives. State: pending, active, closed."""

    id: UUID
    member_id: str
    url: str
    state: str
    created_by: str
    created_at: datetime
    tried_at: datetime | None
    verified_at: datetime | None
    closed_at: datetime | None

    @classmethod
    def of(cls, row: Any) -> Webhook:
        """From a row of `queries.sql`."""
        return cls(**{name: row[name] for name in cls.__annotations__})


@dataclass(frozen=True)
class Subscription:
    """A subscription as it stands; `failures`: attempts in a row that failed, `due_at`: when the next one is."""

    id: UUID
    member_id: str
    webhook_id: UUID
    kind: Kind
    subject_code: str | None
    purpose: str
    items: tuple[str, ...]
    needs_consent: bool
    criteria: Criteria | None
    every: str | None
    screen_at: datetime | None
    state: str
    created_by: str
    created_at: datetime
    ended_at: datetime | None
    ended_reason: str | None
    failures: int
    due_at: datetime | None

    @classmethod
    def of(cls, row: Any) -> Subscription:
        """From a row of `queries.sql`."""
        criteria = Criteria.model_validate_json(row["criteria"]) if row["criteria"] is not None else None
        return cls(
            **{name: row[name] for name in cls.__annotations__}
            | {"kind": Kind(row["kind"]), "items": tuple(row["items"]), "criteria": criteria}
        )

    @property
    def principal_id(self) -> str:
        """Who asks, in the evidence of what it delivers."""
        return f"subscription:{self.id}"


@dataclass(frozen=True)
class Event:
    """Something to be told. `fault`: of the last attempt, or why it was closed."""

    id: UUID
    number: int
    subscription_id: UUID
    subject_code: str | None
    items: tuple[str, ...]
    lists: dict[str, list[dict[str, str]]] | None
    state: EventState
    at: datetime
    queued_at: datetime
    round: int
    tries: int
    tried_at: datetime | None
    fault: str | None
    ended_at: datetime | None
    inquiry: UUID | None
    leaf: int | None

    @classmethod
    def of(cls, row: Any) -> Event:
        """From a row of `queries.sql`."""
        lists = orjson.loads(row["lists"]) if row["lists"] is not None else None
        return cls(
            **{name: row[name] for name in cls.__annotations__}
            | {"state": EventState(row["state"]), "items": tuple(row["items"]), "lists": lists}
        )

    @property
    def key(self) -> str:
        """Idempotency key of the inquiry that it is delivered with, of this round."""
        return f"push {self.id}/{self.round}"


def wait_after(failures: int) -> timedelta:
    """How long to wait after so many attempts in a row that failed."""
    doublings: int = min(failures - 1, 20)
    return min(FIRST_WAIT * (1 << doublings), LONGEST_WAIT)


def is_dead(event: Event, now: datetime) -> bool:
    """Whether an event that could not be delivered is given up."""
    return now - event.queued_at >= RETRY_FOR
