-- Whom the information is about (信用主体).
create table subject (
    id bigint generated always as identity primary key,
    code text collate "C" unique,           -- unified social credit code, or a number issued by a platform
    old_number text collate "C",            -- registration number of 13 or 15 digits
    citizen_index bytea,                    -- keyed hash of the citizen number (farm households)
    citizen_sealed text,                    -- the citizen number, sealed
    name text not null,
    name_key uuid not null,                 -- md5(first four digits of the division || '|' || normalised name)
    kind text,
    division text,                          -- GB/T 2260
    industry text,                          -- GB/T 4754
    status text,
    established date,
    address text,
    legal_person text,
    employees bigint,
    revenue numeric,                        -- 10,000 yuan
    assets numeric,                         -- 10,000 yuan
    size_class text not null default 'undetermined',
    batch_id bigint,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint subject_identified check (code is not null or old_number is not null or citizen_index is not null)
);
create unique index subject_citizen on subject (citizen_index) where citizen_index is not null;
create index subject_old_number on subject (old_number) where old_number is not null;
create index subject_name_key on subject (name_key);
-- A row with a unified code looks by name only among those that have none yet: few, so the look-up is cheap.
create index subject_name_key_uncoded on subject (name_key) where code is null;

-- Former codes, names and other attributes of a subject.
create table subject_history (
    subject_id bigint not null references subject (id),
    field text not null,
    value text,
    seen_from timestamptz not null,
    seen_to timestamptz not null,
    batch_id bigint,
    primary key (subject_id, field, seen_to)
);

-- Look-up by a former code or number.
create index subject_history_value on subject_history (value) where field in ('code', 'old_number');

-- One collection batch (归集批次).
create table batch (
    id bigint generated always as identity primary key,
    provider text not null,
    item text not null,
    item_version text not null,
    batch_no text,                          -- the provider's own number
    mode text not null check (mode in ('full', 'incremental')),
    channel text not null check (channel in ('file', 'api', 'table', 'form')),
    mapping text,
    platform text not null,
    state text not null check (state in ('received', 'parsed', 'checked', 'compared', 'deduplicated', 'loaded',
                                         'published', 'feedback_sent', 'held', 'rejected')),
    held_for jsonb,                         -- limits broken, for the person who decides
    decided_by text,
    file_name text not null,
    file_sha256 text not null,
    file_bytes bigint not null,
    raw_path text not null,                 -- in the lake
    format jsonb,                           -- as received, so that feedback can be written alike
    header jsonb,
    correction_of bigint references batch (id),
    counts jsonb not null default '{}',
    reasons jsonb not null default '{}',
    quality jsonb not null default '{}',
    error jsonb,
    received_at timestamptz not null,
    updated_at timestamptz not null,
    published_at timestamptz,
    sequence bigint                         -- order of publication
);
-- The same file for the same item and mode is the same batch, whoever sends it again.
-- (A provider that means to send it again says so with a batch number of its own.)
create unique index batch_same_file
    on batch (provider, item, mode, file_sha256, coalesce(mapping, ''), coalesce(batch_no, ''))
    where state <> 'rejected';
create unique index batch_same_number on batch (provider, item, batch_no)
    where batch_no is not null and state <> 'rejected';
create index batch_provider on batch (provider, item, received_at desc);
create index batch_state on batch (state) where state not in ('published', 'feedback_sent', 'rejected');

-- Rows set aside, with their original text and all reasons.
create table quarantine (
    batch_id bigint not null references batch (id) on delete cascade,
    row_no bigint not null,
    original jsonb not null,                -- cells as received, in the order of batch.header; or one raw line
    reasons jsonb not null,                 -- [{field, code, message}]
    candidates jsonb,                       -- subjects that the row might be about
    state text not null default 'quarantined' check (state in ('quarantined', 'fixed')),
    fixed_by bigint references batch (id),
    primary key (batch_id, row_no)
);

-- Facts (信用记录): nothing is overwritten; a newer version supersedes an older one.
create table record (
    subject_id bigint not null,
    item text not null,
    key uuid not null,                      -- digest of the natural key
    version integer not null,
    payload text not null,                  -- canonical JSON object
    masked text,                            -- the same with masks; null when nothing is masked
    row_hash uuid not null,
    batch_id bigint not null,
    row_no bigint not null,
    provider text not null,
    platform text not null,
    first_seen timestamptz not null,
    last_seen timestamptz not null,
    valid_from date,
    valid_to date,
    known_to timestamptz,                   -- since when this version is no longer what is known
    state text not null,
    primary key (subject_id, item, key, version)
) partition by hash (subject_id);

-- Rises with every batch, so it costs a load next to nothing; finds what a batch brought, and what a provider holds.
create index record_batch on record (batch_id);

-- One record as it stands in a document: the fact, its origin, its validity.
create function xinshu_document_row(
    payload text, provider text, platform text, batch_id bigint, first_seen timestamptz,
    valid_from date, valid_to date, state text
) returns text language sql immutable parallel safe
as $$
    select '{"data":' || payload
        || ',"origin":{"provider":"' || provider || '","platform":"' || platform || '","batch":' || batch_id
        || ',"first_seen":"' || to_char(first_seen at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
        || '"},"valid_from":' || coalesce('"' || to_char(valid_from, 'YYYY-MM-DD') || '"', 'null')
        || ',"valid_to":' || coalesce('"' || to_char(valid_to, 'YYYY-MM-DD') || '"', 'null')
        || ',"state":"' || state || '"}'
$$;

-- What inquiries read: the current document of a subject and item.
create table holding (
    subject_id bigint not null,
    item text not null,
    document text not null,                 -- JSON array of current records
    masked text,                            -- the same with masks; null when nothing is masked
    rows integer not null,
    version bigint not null,
    batch_id bigint not null,
    updated_at timestamptz not null,
    primary key (subject_id, item)
) partition by hash (subject_id);

do $$
begin
    for part in 0..7 loop
        execute format('create table record_p%1$s partition of record for values with (modulus 8, remainder %1$s) '
                       'with (fillfactor = 90)', part);
        execute format('create table holding_p%1$s partition of holding for values with (modulus 8, remainder %1$s) '
                       'with (fillfactor = 90)', part);
    end loop;
end
$$;

-- Which provider last sent which item in full, for the limits on missing rows.
create sequence publication_sequence;

-- Projection for search, written from `subject` after a publication. grams: pairs of characters of the normalised name.
create table subject_search (
    subject_id bigint primary key,
    name text collate "C" not null,
    pinyin text collate "C" not null,       -- sort key: the embedded server has no ICU
    division text collate "C",
    kind text,
    status text,
    size_class text not null,
    established date,
    grams int[] not null
) with (fillfactor = 85);                   -- room for updates of status and size on the same page (HOT)
create index subject_search_grams on subject_search using gin (grams)
    with (fastupdate = on, gin_pending_list_limit = 4096);
create index subject_search_pinyin on subject_search (pinyin, subject_id);
create index subject_search_established on subject_search (established desc nulls last, subject_id);
create index subject_search_county on subject_search (division, pinyin, subject_id);
create index subject_search_city on subject_search (left(division, 4), pinyin, subject_id);

-- What must be projected again, written in the changing transaction: a watermark on updated_at would pass over
-- a transaction that began earlier and committed later.
create table subject_dirty (subject_id bigint not null);

create function xinshu_subject_dirty() returns trigger language plpgsql as $$
begin
    insert into subject_dirty (subject_id) select id from touched;
    return null;
end
$$;

create trigger subject_dirty_insert after insert on subject
    referencing new table as touched for each statement execute function xinshu_subject_dirty();
create trigger subject_dirty_update after update on subject
    referencing new table as touched for each statement execute function xinshu_subject_dirty();

-- Numbers issued by the platform (farm households): Z, kind, division, serial, check character (weights of GB 32100).
create sequence farm_household_serial as bigint minvalue 1 maxvalue 999999999 no cycle;

create function xinshu_platform_code(division text, serial bigint) returns text
language sql immutable strict parallel safe
as $$
    select case when division ~ '^[0-9]{6}$' and serial between 0 and 999999999 then
        'ZN' || body || substr('0123456789ABCDEFGHJKLMNPQRTUWXY', ((31 - (
            select sum(substr(body, i, 1)::int * (array[9,27,19,26,16,17,20,29,25,13,8,24,10,30,28])[i]) % 31
            from generate_series(1, 15) as i)) % 31)::int + 1, 1)
    end
    from (select division || lpad(serial::text, 9, '0') as body) as t
$$;
