-- Credit reports as issued. What stays when the document is deleted: number, digests, evidence.
create table report (
    number text collate "C" primary key,
    leaf bigint not null,
    check_code text collate "C" not null unique,        -- opens the public verification
    at timestamptz not null,
    principal text not null,
    member_id text collate "C",
    subject_id bigint not null,
    subject_code text collate "C" not null,
    reader_kind text not null,                          -- institution, firm, operator, government
    reader_name text not null,
    variant text not null,
    purpose text not null,
    reference text,
    as_of date not null,
    since date,
    layout_version text not null,
    inquiry uuid not null,
    consents text[] not null,
    items text[] not null,                              -- of which something was let through
    grade text,
    digest bytea not null,                              -- of the canonical JSON
    content_digest bytea not null,                      -- of all that is not of this one issue
    fact_items text[] not null,                         -- the facts in it, by which it is known to be outdated
    fact_keys uuid[] not null,
    fact_versions integer[] not null,
    fact_disputed boolean[] not null,
    expires_at timestamptz not null,
    idempotency_key text,
    request bytea
);
create unique index report_idempotency on report (coalesce(member_id, principal), idempotency_key)
    where idempotency_key is not null;
create index report_subject on report (subject_code, leaf desc);
create index report_member on report (member_id, leaf desc);
create index report_leaf on report (leaf desc);

-- The documents themselves, each sealed under its subject's key. One without a row in `report` was never handed out.
create table report_document (
    number text collate "C" primary key,
    sealed text not null,
    at timestamptz not null,
    expires_at timestamptz not null
);
create index report_document_expires on report_document (expires_at);

-- Files handed out, by what they are: a copy is recognised by its digest.
create table report_file (
    number text collate "C" not null references report (number),
    digest bytea not null,
    format text not null,                               -- json, html, pdf
    lang text not null,
    at timestamptz not null,
    leaf bigint not null,
    primary key (digest, number)
);
create index report_file_number on report_file (number);

-- What readers say of reports, and the answers.
create table report_feedback (
    id uuid primary key,
    number text collate "C" not null references report (number),
    at timestamptz not null,
    principal text not null,
    member_id text collate "C",
    subject_code text collate "C" not null,
    kind text not null check (kind in ('useful', 'wrong', 'missing')),
    item text,
    row_no integer,                                     -- of the item's rows in the report, from 1
    provider text,                                      -- whose fact it is about
    batch_id bigint,
    text text not null,
    answer text,
    answered_by text,
    answered_for text,                                  -- a provider's code, or the platform
    answered_at timestamptz
);
create index report_feedback_number on report_feedback (number, at);
create index report_feedback_at on report_feedback (at desc, id);
create index report_feedback_item on report_feedback (item, at desc);

-- Keys that sign reports as PDF; the certificates stay for ever. A configured key lies elsewhere.
create table report_key (
    id text collate "C" primary key,                    -- SHA-256 of the certificate
    certificates text not null,                         -- PEM, the signer's first
    private_sealed text,
    created_at timestamptz not null
);
