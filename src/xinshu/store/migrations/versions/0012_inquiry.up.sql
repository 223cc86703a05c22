-- One answered inquiry (查询), written in the transaction of its leaf. What was given is known by its digest alone.
create table inquiry (
    leaf bigint primary key,                -- its evidence
    id uuid not null unique,
    at timestamptz not null,
    principal text not null,
    member_id text collate "C",
    subject_code text collate "C" not null,
    purpose text not null,
    reference text,                         -- the reader's own
    consents text[] not null,               -- authorisations relied on
    items jsonb not null,                   -- item → code of the decision
    result bytea not null,                  -- digest of the items as answered
    idempotency_key text,
    request bytea                           -- digest of the request that used the key
);
create unique index inquiry_once on inquiry (coalesce(member_id, principal), idempotency_key)
    where idempotency_key is not null;
create index inquiry_subject on inquiry (subject_code, leaf desc);
create index inquiry_member on inquiry (member_id, leaf desc) where member_id is not null;
create index inquiry_consents on inquiry using gin (consents) where consents <> '{}';
