-- Who takes part (成员). A member exists once in the network: its id is derived from its credit code.
create table member (
    id text collate "C" primary key,
    code text collate "C" not null unique,  -- unified social credit code
    name text not null,
    kind text not null,
    level text not null default 'head',     -- head, branch, sub_branch
    parent_id text collate "C" references member (id),
    provider_code text collate "C" unique,  -- of providers: the name under which the catalogue knows them
    licence_kind text,
    licence_no text,
    licence_valid_to date,                  -- null: without end
    items text[],                           -- items it provides or may read; null: what its kind (or parent) may
    regions text[] not null,                -- divisions served, as prefixes of GB/T 2260; '' is everywhere
    contacts_sealed text,                   -- name, telephone, e-mail of the persons in charge, sealed
    state text not null,
    state_since timestamptz not null,
    round integer not null default 1,       -- which application: one that was refused or has left may apply again
    created_by text not null,               -- principal that applied in this round
    created_at timestamptz not null,
    updated_at timestamptz not null
);
create index member_parent on member (parent_id) where parent_id is not null;
create index member_state on member (state, created_at desc);

-- Each step of a member's life, never changed.
create table member_step (
    id bigint generated always as identity primary key,
    member_id text collate "C" not null references member (id),
    round integer not null default 1,
    from_state text,
    to_state text not null,
    actor text not null,
    actor_name text not null,
    at timestamptz not null,
    note text not null default '',
    checks jsonb not null default '[]',     -- the conditions as they stood
    documents bigint[] not null default '{}',
    details jsonb not null default '{}'     -- what the step did besides: what was closed, which certificate
);
create index member_step_member on member_step (member_id, id);

create function member_step_stays() returns trigger language plpgsql
as $$ begin raise exception 'steps of a member are never changed'; end $$;
create trigger member_step_stays before update or delete on member_step
    for each row execute function member_step_stays();

create table member_document (
    id bigint generated always as identity primary key,
    member_id text collate "C" not null references member (id),
    round integer not null default 1,
    kind text not null,
    name text not null,
    sha256 text not null,
    bytes bigint not null,
    path text not null,                     -- in the lake, sealed
    dated date,
    valid_to date,
    outcome text,                           -- of a check, as a second person found it: passed, failed
    outcome_by text,
    outcome_at timestamptz,
    uploaded_by text not null,
    uploaded_at timestamptz not null
);
create index member_document_member on member_document (member_id, kind, uploaded_at desc);

create table member_agreement (
    id bigint generated always as identity primary key,
    member_id text collate "C" not null references member (id),
    round integer not null default 1,
    agreement text not null,
    version text not null,
    text_sha256 text not null,              -- of the text that was shown
    accepted_by text not null,
    accepted_at timestamptz not null,
    countersigned_by text,
    countersigned_at timestamptz,
    unique (member_id, round, agreement, version)
);

-- Changes to an admitted member's particulars, waiting for a second person.
create table member_change (
    id bigint generated always as identity primary key,
    member_id text collate "C" not null references member (id),
    changes jsonb not null,
    note text not null default '',
    proposed_by text not null,
    proposed_at timestamptz not null,
    decided_by text,
    decided_at timestamptz,
    accepted boolean
);
create unique index member_change_open on member_change (member_id) where decided_at is null;
create index member_change_member on member_change (member_id, id);

-- Certificates given to members that left: that what they had retrieved was destroyed or returned.
create sequence member_certificate_serial;
create table member_certificate (
    number text collate "C" primary key,
    member_id text collate "C" not null references member (id),
    round integer not null,
    certificate text not null,              -- the JSON as issued, with its signature
    issued_at timestamptz not null,
    unique (member_id, round)
);

-- What a member has tried in the sandbox, for the condition "sandbox test passed".
create table sandbox_call (
    member_id text collate "C" not null,
    action text not null,                   -- resource:action
    succeeded bigint not null default 0,
    failed bigint not null default 0,
    first_at timestamptz not null,
    last_at timestamptz not null,
    succeeded_at timestamptz,               -- last success
    primary key (member_id, action)
);
