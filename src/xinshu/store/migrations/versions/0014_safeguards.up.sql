-- Failed attempts to sign in, by the place they come from: a stranger's lock out strangers, not the account's owner.
create table sign_in_place (
    account_id uuid not null references account (id),
    place text collate "C" not null,        -- a network, a browser known to the account, or its open sessions
    failures integer not null,
    locked_until timestamptz,
    at timestamptz not null,
    primary key (account_id, place)
);
create index sign_in_place_at on sign_in_place (at);

-- Browsers in which somebody signed in to the account: SHA-256 of the cookie that names them.
create table known_browser (
    account_id uuid not null references account (id),
    digest bytea not null,
    seen_at timestamptz not null,
    primary key (account_id, digest)
);

-- What one administrator wants to do with an operator's account and another has to confirm.
create table account_proposal (
    id uuid primary key,
    verb text not null,                     -- invite, roles, reset
    login text collate "C" not null,
    account_id uuid references account (id), -- none yet for an invitation
    about jsonb not null,                   -- name, member, roles, valid_to
    state text not null,                    -- open, confirmed, withdrawn, lapsed
    proposed_by text not null,
    proposed_by_name text not null,
    proposed_at timestamptz not null,
    decided_by text,
    decided_by_name text,
    decided_at timestamptz
);
create unique index account_proposal_open on account_proposal (login, verb) where state = 'open';
create index account_proposal_listed on account_proposal (proposed_at desc, id);

-- That a member knows a branch which named it as its parent.
create table branch_confirmation (
    member_id text collate "C" not null references member (id),
    parent_id text collate "C" not null references member (id),
    round integer not null,
    confirmed_by text not null,
    confirmed_at timestamptz not null,
    primary key (member_id, parent_id, round)
);
