-- Keys, wrapped only. A key-encryption key itself is never here: files, or a hardware module, keep it.
create table key_encryption_key (
    id text collate "C" primary key,
    provider text not null,                 -- who kept it when it came into force
    suite text not null,                    -- by which it wraps: intl, gm
    state text not null check (state in ('active', 'old', 'retired')),
    created_at timestamptz not null,
    retired_at timestamptz
);
-- What is new is wrapped by one key.
create unique index key_encryption_key_active on key_encryption_key (state) where state = 'active';

-- Data keys: one for each subject, sealed file, and the node itself. Sealed values carry the number.
-- kek_id has no foreign key: the inserting transaction locks the active key's row once, not once a row.
create table data_key (
    id bigint generated always as identity primary key,
    ref bytea unique,                       -- keyed digest of whom it is for; null once destroyed: a new one may follow
    suite text not null,
    kek_id text collate "C" not null,
    wrapped bytea,
    created_at timestamptz not null,
    destroyed_at timestamptz,
    destroyed_by text,
    reason text,
    constraint data_key_destroyed check (
        (wrapped is null) = (destroyed_at is not null) and (ref is null) = (destroyed_at is not null)
        and (destroyed_at is null or (destroyed_by is not null and reason is not null)))
);
create index data_key_gone on data_key (id) where destroyed_at is not null;

-- Secrets of the node that never change: the key of blind indexes, of pseudonyms, of values of the first release.
create table secret (
    name text collate "C" primary key,
    suite text not null,                    -- with which it is used
    kek_id text collate "C" not null,
    wrapped bytea not null,
    created_at timestamptz not null
);
