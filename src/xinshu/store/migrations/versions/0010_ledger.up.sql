-- Append-only Merkle log (RFC 9162) of who did what. Leaves hold digests and pointers, never personal data in clear.
create table log_head (
    one boolean primary key default true check (one),
    suite text not null,
    origin text not null,
    size bigint not null,
    roots bytea[] not null,                 -- of the perfect subtrees, the largest first
    key_id text not null
);

create table leaf (
    index bigint primary key,               -- from 0, without gaps
    at timestamptz not null,
    kind text not null,
    principal text,
    member_id text collate "C",
    subject text collate "C",
    content text not null,                  -- canonical JSON; the columns above repeat what it says
    hash bytea not null
);
create index leaf_subject on leaf (subject, index desc) where subject is not null;
create index leaf_member on leaf (member_id, index desc) where member_id is not null;

-- Roots of perfect subtrees at heights 8, 16, 24 …: one for every 256 below.
create table log_node (
    height smallint not null,
    index bigint not null,
    hash bytea not null,
    primary key (height, index)
);

create table checkpoint (
    size bigint primary key,
    root bytea not null,
    at timestamptz not null,
    note text not null
);

-- Entries written in the transaction of what they are about; the writer of the log moves them into it.
create table waiting_leaf (
    id bigint generated always as identity primary key,
    kind text not null,
    at timestamptz not null,
    principal text,
    member_id text,
    subject text,
    about text not null                     -- JSON object
);

create table log_key (
    id text primary key,
    suite text not null,
    public_pem text not null,
    private_sealed text not null,
    created_at timestamptz not null
);
