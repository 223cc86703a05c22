"""HTTP of push: webhooks, subscriptions, what became of events."""

# Annotations are not postponed here: FastAPI could not resolve the local names of the dependencies in them.

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Body, Depends, Query, Response, status
from pydantic import BaseModel, ConfigDict, Field, model_validator

from xinshu.inquiry.push.addresses import URL_MAX
from xinshu.inquiry.push.model import REPLAY_MAX, EventState, Kind, Subscription, Webhook
from xinshu.inquiry.push.service import PushService
from xinshu.inquiry.push.subscriptions import Wish
from xinshu.inquiry.screening.model import Criteria
from xinshu.members.permissions import Access, Guards

Wake = Callable[[], Awaitable[None]]
Item = Annotated[str, Field(min_length=1, max_length=64)]


class _In(BaseModel):
    model_config = ConfigDict(extra="forbid")


class _Out(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class WebhookIn(_In):
    """Where to push."""

    url: str = Field(min_length=1, max_length=URL_MAX, description="https 地址,不含用户名、密码")


class WebhookOut(_Out):
    """A webhook; it receives once its state is active."""

    id: UUID
    member_id: str
    url: str
    state: str
    created_by: str
    created_at: datetime
    tried_at: datetime | None
    verified_at: datetime | None
    closed_at: datetime | None


class SubscriptionIn(_In):
    """What to be told: of one firm, of every firm with an authorisation in force, or the changes of a list."""

    kind: Kind = Field(Kind.SUBJECT, description="subject 一个主体;consented 全部已授权的主体;screening 名单的变化")
    webhook: UUID = Field(description="已验证的接收地址")
    subject: str | None = Field(None, min_length=1, max_length=40, description="信用主体代码(kind 为 subject 时)")
    purpose: str | None = Field(None, min_length=1, max_length=40, description="用途代码(kind 不为 screening 时)")
    items: list[Item] | None = Field(None, min_length=1, max_length=100, description="事项(kind 不为 screening 时)")
    criteria: Criteria | None = Field(None, description="筛查条件(kind 为 screening 时)")
    every: Literal["day", "week"] | None = Field(None, description="多久筛查一次(kind 为 screening 时)")

    @model_validator(mode="after")
    def _fits_the_kind(self) -> "SubscriptionIn":
        wanted = {
            Kind.SUBJECT: {"subject", "purpose", "items"},
            Kind.CONSENTED: {"purpose", "items"},
            Kind.SCREENING: {"criteria", "every"},
        }[self.kind]
        given = {
            name for name in ("subject", "purpose", "items", "criteria", "every") if getattr(self, name) is not None
        }
        if given != wanted:
            raise ValueError(f"kind {self.kind.value} 须写且只能写:{'、'.join(sorted(wanted))}")
        return self


class SubscriptionOut(_Out):
    """A subscription; `failures`: attempts in a row that failed, `due_at`: when the next one is."""

    id: UUID
    member_id: str
    webhook_id: UUID
    kind: Kind
    subject_code: str | None
    purpose: str
    items: list[str]
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


class EventOut(_Out):
    """An event, without what was told; `fault`: of the last attempt, or why it was closed."""

    id: UUID
    number: int
    subject_code: str | None
    items: list[str]
    state: EventState
    at: datetime
    tries: int
    tried_at: datetime | None
    fault: str | None
    ended_at: datetime | None
    inquiry: UUID | None
    leaf: int | None


class ReplayIn(_In):
    """Which events are to be tried again."""

    events: list[UUID] | None = Field(
        None, min_length=1, max_length=REPLAY_MAX, description="事件编号;不写为全部放弃的(dead)"
    )


class ReplayOut(BaseModel):
    """How many are tried again."""

    events: int


def router(push: PushService, guards: Guards, wake: Wake) -> APIRouter:
    """Routes under /v1/webhooks and /v1/subscriptions; `wake` tells the worker that there is something to do."""
    routes = APIRouter(prefix="/v1", tags=["push 推送"])
    Receiving = Annotated[Access, Depends(guards.may("receive", "subscription"))]
    Creating = Annotated[Access, Depends(guards.may("create", "subscription"))]
    Reading = Annotated[Access, Depends(guards.may("read", "subscription"))]
    Ending = Annotated[Access, Depends(guards.may("end", "subscription"))]
    Replaying = Annotated[Access, Depends(guards.may("replay", "subscription"))]

    async def webhook_of(webhook_id: UUID, access: Access) -> Webhook:
        webhook = await push.webhooks.webhook(webhook_id)
        access.check(member=webhook.member_id)
        return webhook

    async def subscription_of(subscription_id: UUID, access: Access) -> Subscription:
        subscription = await push.subscriptions.subscription(subscription_id)
        access.check(member=subscription.member_id)
        return subscription

    @routes.post("/webhooks", status_code=status.HTTP_201_CREATED, summary="登记接收地址 Register a webhook")
    async def register(body: Annotated[WebhookIn, Body()], access: Receiving) -> WebhookOut:
        """Public https addresses only; pending until it is verified."""
        member_id = access.principal.member_id
        access.check(member=member_id)
        assert member_id is not None  # noqa: S101  (checked)
        return WebhookOut.model_validate(await push.webhooks.register(body.url, member_id, access.principal))

    @routes.get("/webhooks", summary="接收地址 Webhooks")
    async def webhooks(access: Reading) -> list[WebhookOut]:
        """Newest first."""
        return [WebhookOut.model_validate(one) for one in await push.webhooks.listed(access.scopes)]

    @routes.post("/webhooks/{webhook_id}/verify", summary="验证接收地址 Verify a webhook")
    async def verify(webhook_id: UUID, access: Receiving) -> WebhookOut:
        """Sends a signed challenge, which must come back in the answer."""
        webhook = await webhook_of(webhook_id, access)
        return WebhookOut.model_validate(await push.webhooks.verify(webhook, access.principal))

    @routes.post("/webhooks/{webhook_id}/close", summary="关闭接收地址 Close a webhook")
    async def close(webhook_id: UUID, access: Receiving) -> WebhookOut:
        """Its subscriptions end with it."""
        webhook = await webhook_of(webhook_id, access)
        return WebhookOut.model_validate(await push.webhooks.close(webhook, access.principal))

    @routes.post("/subscriptions", status_code=status.HTTP_201_CREATED, summary="订阅 Subscribe")
    async def subscribe(
        body: Annotated[SubscriptionIn, Body()], access: Creating, response: Response
    ) -> SubscriptionOut:
        """What is subscribed to must be readable now; whether it may be told is decided anew for each event."""
        access.check(member=access.principal.member_id)
        webhook = await webhook_of(body.webhook, access)
        wish = Wish(body.kind, webhook, body.subject, body.purpose, tuple(body.items or ()), body.criteria, body.every)
        made, new = await push.subscriptions.create(wish, access.principal)
        if not new:
            response.status_code = status.HTTP_200_OK
        await wake()
        return SubscriptionOut.model_validate(made)

    @routes.get("/subscriptions", summary="订阅列表 Subscriptions")
    async def subscriptions(
        access: Reading,
        subject: Annotated[str | None, Query(max_length=40, description="信用主体代码")] = None,
        state: Annotated[Literal["active", "ended"] | None, Query()] = None,
        before: Annotated[UUID | None, Query(description="只要排在此订阅之后的,翻页用")] = None,
        page_size: Annotated[int, Query(ge=1, le=200)] = 50,
    ) -> list[SubscriptionOut]:
        """Newest first."""
        found = await push.subscriptions.page(access.scopes, subject, state, before, page_size)
        return [SubscriptionOut.model_validate(one) for one in found]

    @routes.get("/subscriptions/{subscription_id}", summary="一个订阅 One subscription")
    async def subscription(subscription_id: UUID, access: Reading) -> SubscriptionOut:
        """As it stands."""
        return SubscriptionOut.model_validate(await subscription_of(subscription_id, access))

    @routes.post("/subscriptions/{subscription_id}/end", summary="终止订阅 Unsubscribe")
    async def end(subscription_id: UUID, access: Ending) -> SubscriptionOut:
        """What waits is not told."""
        ended = await push.subscriptions.end(await subscription_of(subscription_id, access), access.principal)
        return SubscriptionOut.model_validate(ended)

    @routes.get("/subscriptions/{subscription_id}/events", summary="推送记录 Events")
    async def events(
        subscription_id: UUID,
        access: Reading,
        state: Annotated[EventState | None, Query(description="dead:三天未能送达而放弃的")] = None,
        before: Annotated[int | None, Query(ge=0, le=2**62, description="只要序号小于此的")] = None,
        page_size: Annotated[int, Query(ge=1, le=200)] = 50,
    ) -> list[EventOut]:
        """Newest first, without what was told."""
        subscription = await subscription_of(subscription_id, access)
        found = await push.subscriptions.events(subscription, state, before, page_size)
        return [EventOut.model_validate(one) for one in found]

    @routes.post("/subscriptions/{subscription_id}/replay", summary="重新推送 Replay")
    async def replay(subscription_id: UUID, body: Annotated[ReplayIn, Body()], access: Replaying) -> ReplayOut:
        """Tried again from the beginning; what may not be told any more is closed again."""
        subscription = await subscription_of(subscription_id, access)
        count = await push.subscriptions.replay(subscription, body.events, access.principal)
        await wake()
        return ReplayOut(events=count)

    return routes
