-- Persons who sign in: staff of members, operators, persons of firms.
create table account (
    id uuid primary key,
    login text collate "C" not null,       -- lower case
    name text not null,
    member_id text collate "C" references member (id),
    subject_code text collate "C",          -- of firm users: the firm
    roles text[] not null,
    state text not null,                    -- invited, pending, active, suspended, closed
    person_sealed text,                     -- telephone, e-mail, citizen number, sealed
    citizen_index bytea,
    password_hash text,
    password_set_at timestamptz,
    totp_sealed text,
    totp_step bigint,                       -- last step used: a code serves once
    failures integer not null default 0,
    locked_until timestamptz,
    oidc_issuer text,
    oidc_subject text,
    valid_to date,                          -- last day on which the account may be used
    signed_in_at timestamptz,
    created_by text not null,
    created_at timestamptz not null,
    approved_by text,                       -- of firm users: who compared the evidence, when, and what was looked at
    approved_at timestamptz,
    approval_note text,
    updated_at timestamptz not null,
    constraint account_of_one check (member_id is null or subject_code is null)
);
create unique index account_login on account (login) where state <> 'closed';
create unique index account_oidc on account (oidc_issuer, oidc_subject) where oidc_subject is not null;
create index account_member on account (member_id) where member_id is not null;
create index account_subject on account (subject_code) where subject_code is not null;

-- Codes for the day the telephone is lost; each serves once. Keyed digests.
create table recovery_code (
    account_id uuid not null references account (id),
    digest bytea not null,
    used_at timestamptz,
    primary key (account_id, digest)
);

-- A link that lets one person choose a password, once.
create table invitation (
    digest bytea primary key,
    account_id uuid not null references account (id),
    expires_at timestamptz not null,
    used_at timestamptz
);
create index invitation_account on invitation (account_id);

-- Who may act for a firm besides its legal representative (经办人).
create table delegation (
    id bigint generated always as identity primary key,
    subject_code text collate "C" not null,
    account_id uuid not null references account (id),
    granted_by uuid not null references account (id),
    scope text[] not null,                  -- roles of the delegate
    valid_from date not null,
    valid_to date not null,
    ended_at timestamptz,
    ended_by text,
    created_at timestamptz not null
);
create index delegation_account on delegation (account_id);
create index delegation_subject on delegation (subject_code);

create table passkey (
    credential_id bytea primary key,
    account_id uuid not null references account (id),
    public_key bytea not null,
    sign_count bigint not null,
    transports text[] not null default '{}',
    device text not null,                   -- single_device, multi_device
    name text not null,
    created_at timestamptz not null,
    used_at timestamptz
);
create index passkey_account on passkey (account_id);

-- What was asked of a browser and must come back once: passkey challenges, OpenID Connect states, second factors.
create table challenge (
    digest bytea primary key,
    kind text not null,
    account_id uuid references account (id),
    payload jsonb not null,
    expires_at timestamptz not null
);
create index challenge_expires on challenge (expires_at);

create table session (
    digest bytea primary key,               -- SHA-256 of the cookie
    account_id uuid not null references account (id),
    strength text not null,                 -- none (just signed up), password, multi, passkey, oidc
    created_at timestamptz not null,
    seen_at timestamptz not null,
    expires_at timestamptz not null,
    address text not null,
    agent text not null
);
create index session_account on session (account_id);
create index session_seen on session (seen_at);

-- Tokens that have opened a node for the first time: none of them does so again (SHA-256).
create table used_bootstrap_token (
    digest bytea primary key,
    account_id uuid not null references account (id),
    used_at timestamptz not null
);
