-- Webhooks, subscriptions, and the events that are pushed.

-- name: lock_member!
-- Limits are counted by one at a time.
select pg_advisory_xact_lock(hashtextextended('xinshu.push/' || :member_id, 0));

-- name: count_webhooks$
select count(*) from webhook where member_id = :member_id and state <> 'closed';

-- name: insert_webhook^
-- No row when the member has it already.
insert into webhook (id, member_id, url, state, created_by, created_at)
values (:id, :member_id, :url, 'pending', :by, :now)
on conflict (member_id, url) where state <> 'closed' do nothing
returning *;

-- name: webhook_by_url^
select * from webhook where member_id = :member_id and url = :url and state <> 'closed';

-- name: webhook^
select * from webhook where id = :id;

-- name: list_webhooks(scopes, size)
select * from webhook where xinshu_permitted(:scopes::jsonb, member_id, null, null, null, null)
order by created_at desc, id limit :size;

-- name: begin_challenge^
-- No row when one was sent a moment ago, or the webhook is closed.
update webhook set tried_at = :now
where id = :id and state <> 'closed' and (tried_at is null or tried_at <= :rested)
returning *;

-- name: verify_webhook^
update webhook set state = 'active', verified_at = :now where id = :id and state <> 'closed' returning *;

-- name: close_webhook^
update webhook set state = 'closed', closed_at = :now where id = :id and state <> 'closed' returning *;

-- name: close_webhooks_of_member
update webhook set state = 'closed', closed_at = :now where member_id = :member_id and state <> 'closed' returning id;

-- name: count_subscriptions^
select count(*) as all, count(*) filter (where kind = 'screening') as screening
from subscription where member_id = :member_id and state = 'active';

-- name: insert_subscription^
-- No row when the member has the same already.
insert into subscription (id, member_id, webhook_id, kind, subject_code, purpose, items, needs_consent, criteria, every,
                          screen_at, state, created_by, created_at)
values (:id, :member_id, :webhook_id, :kind, :subject_code, :purpose, :items::text[], :needs_consent, :criteria::jsonb,
        :every, :screen_at, 'active', :by, :now)
on conflict (member_id, webhook_id, kind, coalesce(subject_code, ''), purpose, items)
    where state = 'active' and kind <> 'screening' do nothing
returning *;

-- name: same_subscription^
select * from subscription
where member_id = :member_id and webhook_id = :webhook_id and kind = :kind
  and coalesce(subject_code, '') = coalesce(:subject_code, '') and purpose = :purpose and items = :items::text[]
  and state = 'active' and kind <> 'screening';

-- name: subscription^
select * from subscription where id = :id;

-- name: list_subscriptions(scopes, subject, state, before, size)
select * from subscription
where xinshu_permitted(:scopes::jsonb, member_id, null, null, null, null)
  and (:subject::text is null or subject_code = :subject)
  and (:state::text is null or state = :state)
  and (:before::uuid is null or (created_at, id) < (select b.created_at, b.id from subscription b where b.id = :before))
order by created_at desc, id desc limit :size;

-- name: end_subscriptions(id, webhook_id, member_id, reason, now)
-- One, those of a webhook, or those of a member; what waits is closed with the reason.
with ended as (
    update subscription set state = 'ended', ended_at = :now, ended_reason = :reason, due_at = null
    where state = 'active' and (id = :id::uuid or webhook_id = :webhook_id::uuid or member_id = :member_id::text)
    returning *
), closed as (
    update push_event e set state = 'closed', fault = :reason, ended_at = :now, open = false
    from ended where e.subscription_id = ended.id and e.state = 'waiting'
)
select * from ended;

-- name: find_subject^
select id, code, name from subject where code = :code;

-- name: mark!
-- A publication changed holdings of an item.
insert into push_mark (item, batch_id, at) values (:item, :batch_id, :now);

-- name: take_mark^
delete from push_mark where id = (select id from push_mark order by id limit 1 for update skip locked)
returning item, batch_id, at;

-- name: make_events$
-- What a batch changed, for those who subscribed to it. A batch may have touched a million firms, subscribers ask for few:
-- it starts from the subscriptions and looks each firm's holding up by its key.
with hit as (
    select s.id, u.code
    from subscription s
    join subject u on u.code = s.subject_code
    join holding h on h.subject_id = u.id and h.item = :item and h.batch_id = :batch_id
    where s.state = 'active' and s.kind = 'subject' and s.items @> array[:item]
    union
    select s.id, u.code
    from subscription s
    join consent c on c.grantee = s.member_id and c.purpose = s.purpose and c.state = 'active'
        and c.valid_from <= :now and :now < c.valid_to
    join subject u on u.code = c.subject_code
    join holding h on h.subject_id = u.id and h.item = :item and h.batch_id = :batch_id
    where s.state = 'active' and s.kind = 'consented' and s.items @> array[:item]
), made as (
    insert into push_event as e (subscription_id, subject_code, items, state, at, queued_at, open)
    select id, code, array[:item], 'waiting', :at, :now, true from hit order by id, code
    on conflict (subscription_id, subject_code) where open do update
    set items = case when e.items @> excluded.items then e.items else e.items || excluded.items end
    returning e.subscription_id
), due as (
    update subscription set due_at = coalesce(due_at, :now) where id in (select subscription_id from made)
)
select count(*) from made;

-- name: anything_due$
select exists (select from push_mark)
    or exists (select from subscription where due_at <= :now and (leased_until is null or leased_until <= :now))
    or exists (select from subscription where state = 'active' and kind = 'screening' and screen_at <= :now);

-- name: lease(now, until, size)
-- Subscriptions with something to deliver, nobody else being at it.
update subscription set leased_until = :until
where id in (
    select id from subscription where due_at <= :now and (leased_until is null or leased_until <= :now)
    order by due_at limit :size for update skip locked
)
returning *;

-- name: next_event^
-- The first that waits; trying it makes it one that others have seen. No row when none waits or the lease is gone.
with mine as (
    update subscription set leased_until = :until where id = :subscription_id and leased_until = :leased returning id
)
update push_event set tries = tries + 1, tried_at = :now, open = false
where id = (
    select e.id from push_event e join mine on mine.id = e.subscription_id
    where e.state = 'waiting' order by e.number limit 1
)
returning *;

-- name: asked^
-- Whether the inquiry of an event was made before, by its idempotency key.
select id from inquiry where coalesce(member_id, principal) = :member_id and idempotency_key = :key;

-- name: consent_standing$
-- What the gate would say of the best authorisation for a purpose, whatever its items: consent_in_force, or what is wrong.
select xinshu_consent_condition(c, (select k from jsonb_object_keys(c.items) as k limit 1), c.purpose, :now::timestamptz)
       as condition
from consent c
where c.subject_code = :subject_code and c.grantee = :grantee and c.purpose = :purpose and c.state <> 'draft'
order by (c.state = 'active' and c.valid_from <= :now and :now < c.valid_to) desc, c.updated_at desc limit 1;

-- name: narrow_event!
update push_event set items = :items::text[] where id = :id;

-- name: next_round!
-- What is known has changed since it was asked for: the next attempt is an inquiry of its own.
update push_event set round = round + 1 where id = :id;

-- name: end_event!
update push_event set state = :state, fault = :fault, ended_at = :now, inquiry = :inquiry, leaf = :leaf
where id = :id and state = 'waiting';

-- name: note_fault!
update push_event set fault = :fault where id = :id;

-- name: succeed!
update subscription set failures = 0 where id = :id and failures > 0;

-- name: fail!
update subscription set failures = failures + 1, due_at = :due_at, leased_until = null where id = :id;

-- name: lock_subscription!
select from subscription where id = :id for update;

-- name: release!
-- After `lock_subscription`, so that an event made meanwhile is seen.
update subscription set leased_until = null, due_at = case
    when exists (select from push_event where subscription_id = :id and state = 'waiting') then :due_at::timestamptz end
where id = :id;

-- name: list_events(subscription_id, state, before, size)
select * from push_event
where subscription_id = :subscription_id and (:state::text is null or state = :state)
  and (:before::bigint is null or number < :before)
order by number desc limit :size;

-- name: replay$
-- Events that have ended are tried again, those named or (ids null) all that were given up.
with again as (
    update push_event set state = 'waiting', queued_at = :now, tries = 0, round = round + 1, fault = null,
        ended_at = null, inquiry = null, leaf = null
    where id in (
        select id from push_event
        where subscription_id = :subscription_id and state <> 'waiting'
          and (id = any (:ids::uuid[]) or (:ids::uuid[] is null and state = 'dead'))
        order by number limit :most
    )
    returning 1
)
select count(*) from again;

-- name: now_due!
update subscription set due_at = :now, failures = 0 where id = :id;

-- name: screenings_due(now)
select * from subscription where state = 'active' and kind = 'screening' and screen_at <= :now
order by screen_at limit 10;

-- name: listed$
select listed from subscription where id = :id;

-- name: listed_codes(ids)
select id, code, name from subject where id = any (:ids::bigint[]) and code is not null order by code;

-- name: set_listed^
-- The list as it is told now; no row when another process was first.
update subscription set listed = :listed::bigint[], screen_at = :next
where id = :id and state = 'active' and screen_at = :was
returning id;

-- name: insert_list_event!
insert into push_event (subscription_id, items, lists, state, at, queued_at, open)
values (:subscription_id, '{}', :lists::jsonb, 'waiting', :now, :now, false);

-- name: make_due!
update subscription set due_at = coalesce(due_at, :now) where id = :id;
