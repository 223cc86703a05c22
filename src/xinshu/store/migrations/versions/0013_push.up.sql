-- A batch of inquiries (批量查询). Its result lies sealed in the lake, in parts; `done` subjects are in it.
create table inquiry_batch (
    id uuid primary key,
    member_id text collate "C" not null,
    principal text not null,                -- who asks; its rights are looked at again while it is worked through
    state text not null check (state in ('waiting', 'running', 'finished', 'cancelled', 'stopped')),
    purpose text not null,
    items text[],                           -- null: all
    reference text,
    subjects text[] not null,               -- in order; empty once the result was removed
    total integer not null,
    done integer not null default 0,
    answered integer not null default 0,
    stopped_by text,                        -- code of what stopped it
    idempotency_key text not null,
    request bytea not null,                 -- digest of the request that used the key
    submitted_at timestamptz not null,
    finished_at timestamptz,
    kept_until timestamptz,
    removed_at timestamptz,
    unique (member_id, idempotency_key)
);
create index inquiry_batch_member on inquiry_batch (member_id, submitted_at desc);
create index inquiry_batch_open on inquiry_batch (submitted_at) where finished_at is null;
create index inquiry_batch_kept on inquiry_batch (kept_until) where removed_at is null and kept_until is not null;

-- Where a member receives what it has subscribed to. Active once it has echoed a signed challenge.
create table webhook (
    id uuid primary key,
    member_id text collate "C" not null,
    url text not null,
    state text not null check (state in ('pending', 'active', 'closed')),
    created_by text not null,
    created_at timestamptz not null,
    tried_at timestamptz,                   -- last challenge
    verified_at timestamptz,
    closed_at timestamptz
);
create unique index webhook_once on webhook (member_id, url) where state <> 'closed';

-- subject: one firm; consented: every firm with an authorisation in force; screening: changes of a list.
create table subscription (
    id uuid primary key,
    member_id text collate "C" not null,
    webhook_id uuid not null references webhook (id),
    kind text not null check (kind in ('subject', 'consented', 'screening')),
    subject_code text collate "C",
    purpose text not null,
    items text[] not null,
    needs_consent boolean not null,         -- nothing is delivered without an authorisation in force
    criteria jsonb,                         -- screening
    every text check (every in ('day', 'week')),
    screen_at timestamptz,                  -- when it is run next
    listed bigint[] not null default '{}',  -- subjects on the list as last told
    state text not null check (state in ('active', 'ended')),
    created_by text not null,
    created_at timestamptz not null,
    ended_at timestamptz,
    ended_reason text,
    failures integer not null default 0,    -- attempts in a row that failed
    due_at timestamptz,                     -- when its first event may be tried; null: none waits
    leased_until timestamptz,               -- somebody is delivering
    check ((kind = 'subject') = (subject_code is not null)),
    check ((kind = 'screening') = (criteria is not null and every is not null))
);
create unique index subscription_once
    on subscription (member_id, webhook_id, kind, coalesce(subject_code, ''), purpose, items)
    where state = 'active' and kind <> 'screening';
create index subscription_subject on subscription (subject_code) where state = 'active' and kind = 'subject';
create index subscription_consented on subscription (member_id, purpose) where state = 'active' and kind = 'consented';
create index subscription_due on subscription (due_at) where due_at is not null;
create index subscription_screening on subscription (screen_at) where state = 'active' and kind = 'screening';
create index subscription_webhook on subscription (webhook_id);

-- What was published, until the events for its subscribers are made. Written in the publication's own transaction.
create table push_mark (
    id bigint generated always as identity primary key,
    item text not null,
    batch_id bigint not null,
    at timestamptz not null
);

-- What is to be told to a subscriber, in the order of `number` within a subscription.
create table push_event (
    id uuid primary key default gen_random_uuid(),
    number bigint generated always as identity unique,
    subscription_id uuid not null references subscription (id),
    subject_code text collate "C",
    items text[] not null,                  -- items that changed
    lists jsonb,                            -- screening: {added, removed}
    state text not null check (state in ('waiting', 'delivered', 'dead', 'closed')),
    at timestamptz not null,
    queued_at timestamptz not null,         -- since when it is tried
    open boolean not null,                  -- nobody has seen it yet: more changes may join it
    round integer not null default 0,       -- inquiries made for it before: replays, changes between attempts
    tries integer not null default 0,
    tried_at timestamptz,
    fault text,                             -- of the last attempt, or why it was closed
    ended_at timestamptz,
    inquiry uuid,
    leaf bigint
);
create index push_event_waiting on push_event (subscription_id, number) where state = 'waiting';
create unique index push_event_open on push_event (subscription_id, subject_code) where open;
create index push_event_listed on push_event (subscription_id, number desc);

-- A run of a screening (筛查) over open items: which subjects met the criteria.
create table screening (
    leaf bigint primary key,                -- its evidence
    id uuid not null unique,
    member_id text collate "C" not null,
    principal text not null,
    subscription_id uuid,
    at timestamptz not null,
    criteria jsonb not null,
    subjects bigint[] not null,             -- in order; empty once removed
    marks integer[] not null,               -- of each: which facts it meets, bit by bit
    count integer not null,
    truncated boolean not null,
    result bytea not null,                  -- digest of codes and marks
    kept_until timestamptz not null,
    removed boolean not null default false
);
create index screening_member on screening (member_id, leaf desc);
create index screening_kept on screening (kept_until) where not removed;

create table screening_quota (
    member_id text collate "C" not null,
    day date not null,
    runs integer not null,
    primary key (member_id, day)
);
