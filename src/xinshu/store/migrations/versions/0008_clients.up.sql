-- Systems of members: OAuth 2.0 clients that prove themselves with keys of their own.
create table client (
    id text collate "C" primary key,
    member_id text collate "C" not null references member (id),
    name text not null,
    roles text[] not null,
    sandbox boolean not null,
    networks text[] not null default '{}',  -- CIDR; empty: from anywhere
    certificate_bound boolean not null default false,  -- RFC 8705
    certificates text[] not null default '{}',         -- x5t#S256 admitted
    state text not null,                    -- active, closed
    created_by text not null,
    created_at timestamptz not null,
    closed_at timestamptz
);
create index client_member on client (member_id);

create table client_key (
    client_id text collate "C" not null references client (id),
    kid text collate "C" not null,
    jwk jsonb not null,                     -- public
    thumbprint text collate "C" not null,   -- RFC 7638
    created_by text not null,
    created_at timestamptz not null,
    expires_at timestamptz not null,
    revoked_at timestamptz,
    revoked_by text,
    primary key (client_id, kid),
    unique (client_id, thumbprint)          -- a revoked key does not come back
);
create index client_key_thumbprint on client_key (thumbprint);

-- Client assertions serve once (RFC 7523, jti).
create table used_assertion (
    digest bytea primary key,
    expires_at timestamptz not null
);
create index used_assertion_expiry on used_assertion (expires_at);

-- The keys with which this platform signs tokens; the private part sealed, and destroyed when the key retires.
create table token_key (
    kid text collate "C" primary key,
    public_jwk jsonb not null,
    private_sealed text,
    created_at timestamptz not null,
    retired_at timestamptz,
    accepted_until timestamptz,             -- of a retired key: until its last token has expired
    check ((retired_at is null) = (private_sealed is not null)),
    check ((retired_at is null) = (accepted_until is null))
);
create unique index token_key_current on token_key ((true)) where retired_at is null;
