-- Authorisations (授权). The row repeats what the artefact in force says, for the gate; the artefact is what was signed.
create table consent (
    id uuid primary key,
    subject_code text collate "C" not null,     -- grantor
    grantee text collate "C" not null references member (id),
    purpose text not null,
    state text not null check (state in ('draft', 'pending', 'active', 'paused', 'revoked', 'exhausted', 'rejected')),
    state_since timestamptz not null,
    valid_from timestamptz not null,
    valid_to timestamptz not null,
    items jsonb not null,                       -- item → its fields, null for all
    personal jsonb not null default '{}',       -- item → {fields, rows}: what the person consented to separately
    months_back integer,                        -- data range: so many months back from the day of the inquiry,
    since date,                                 -- or from this day on
    max_calls integer,
    used integer not null default 0,
    times integer,                              -- most calls in one
    per text check (per in ('day', 'month')),
    period text,                                -- the day or month in which `period_used` calls were made
    period_used integer not null default 0,
    answer_by timestamptz not null,             -- a request not answered by then lapses
    revision integer not null,                  -- of its artefacts, the one that counts
    digest bytea not null,
    requested_by text not null,                 -- principal
    requested_at timestamptz not null,
    method text,                                -- how it was signed
    signed_by text,
    signed_at timestamptz,
    updated_at timestamptz not null,
    check (valid_from < valid_to),
    check ((times is null) = (per is null)),
    check (months_back is null or since is null)
);
create index consent_of_subject on consent (subject_code, grantee);
create index consent_of_grantee on consent (grantee, updated_at desc);
create index consent_ending on consent (valid_to) where state in ('active', 'paused');

-- Each artefact as it was shown: canonical JSON (RFC 8785), never changed. Narrowing makes a new one.
create table consent_artefact (
    consent_id uuid not null references consent (id),
    revision integer not null,
    content text not null,
    suite text not null,
    digest bytea not null,
    made_by text not null,
    made_at timestamptz not null,
    primary key (consent_id, revision)
);

-- Who signed, witnessed or verified which artefact, and by what that can be checked.
create table consent_signature (
    id bigint generated always as identity primary key,
    consent_id uuid not null,
    revision integer not null,
    part text not null check (part in ('signer', 'witness', 'paper', 'verifier')),
    method text not null,
    principal text not null,
    capacity text not null,
    evidence jsonb not null,
    at timestamptz not null,
    foreign key (consent_id, revision) references consent_artefact (consent_id, revision)
);
create unique index consent_signed_once on consent_signature (consent_id, revision, part, principal);
create unique index consent_one_signer on consent_signature (consent_id) where part in ('signer', 'paper');

-- Each step of an authorisation's life, never changed.
create table consent_step (
    id bigint generated always as identity primary key,
    consent_id uuid not null references consent (id),
    event text not null,
    from_state text,
    to_state text not null,
    revision integer not null,
    actor text not null,
    actor_name text not null,
    at timestamptz not null,
    details jsonb not null default '{}'
);
create index consent_step_consent on consent_step (consent_id, id);

create function consent_stays() returns trigger language plpgsql
as $$ begin raise exception 'artefacts, signatures and steps of an authorisation are never changed'; end $$;
create trigger consent_artefact_stays before update or delete on consent_artefact
    for each row execute function consent_stays();
create trigger consent_signature_stays before update or delete on consent_signature
    for each row execute function consent_stays();
create trigger consent_step_stays before update or delete on consent_step
    for each row execute function consent_stays();

-- Every process forgets what it remembers of the firm when the change commits, whoever makes it. A mere count of calls
-- is no change: whoever counts looks here, not into its memory.
create function consent_announce() returns trigger language plpgsql as $$
begin
    perform pg_notify('xinshu_consent', new.subject_code);
    return null;
end
$$;
create trigger consent_made after insert on consent for each row execute function consent_announce();
create trigger consent_changed after update on consent for each row
    when ((old.state, old.valid_from, old.valid_to, old.items, old.personal, old.months_back, old.since, old.max_calls,
           old.times, old.per, old.purpose, old.grantee, old.answer_by)
          is distinct from
          (new.state, new.valid_from, new.valid_to, new.items, new.personal, new.months_back, new.since, new.max_calls,
           new.times, new.per, new.purpose, new.grantee, new.answer_by))
    execute function consent_announce();

-- Name of the day or month in China in which calls are counted.
create function xinshu_consent_period(per text, at timestamptz) returns text language sql immutable parallel safe
as $$
    select to_char(at at time zone 'Asia/Shanghai', case per when 'day' then 'YYYY-MM-DD' when 'month' then 'YYYY-MM' end)
$$;

-- First day of the data range on the day of the inquiry.
create function xinshu_consent_since(c consent, at timestamptz) returns date language sql immutable parallel safe
as $$
    select case when c.months_back is not null
        then ((at at time zone 'Asia/Shanghai')::date - make_interval(months => c.months_back))::date
        else c.since end
$$;

-- `consent.rules.condition` for lists: consent_in_force, or the first condition that fails.
create function xinshu_consent_condition(c consent, item text, purpose text, at timestamptz) returns text
language sql immutable parallel safe
as $$
    select case
        when not c.items ? item then 'consent_other_item'
        when c.purpose is distinct from purpose then 'consent_other_purpose'
        when c.state = 'rejected' then 'consent_rejected'
        when c.state = 'revoked' then 'consent_revoked'
        when c.valid_to <= at or (c.state in ('draft', 'pending') and c.answer_by <= at) then 'consent_expired'
        when c.state = 'exhausted' then 'consent_exhausted'
        when c.state in ('draft', 'pending') then 'consent_pending'
        when at < c.valid_from then 'consent_not_yet_valid'
        when c.state = 'paused' then 'consent_paused'
        when c.used >= c.max_calls then 'consent_exhausted'
        when c.period = xinshu_consent_period(c.per, at) and c.period_used >= c.times then 'consent_frequency'
        when c.times <= 0 then 'consent_frequency'
        else 'consent_in_force'
    end
$$;

-- `consent.rules.choose` for lists: of which of these subjects a member may read which of these items for a purpose.
-- items: [{item, permitted, needs_consent, whole, confidential, personal}], written by `consent.lists.items_json`.
create function xinshu_readable(
    reader text, member text, purpose text, at timestamptz, subjects text[], items jsonb
) returns table (
    subject text, item text, allowed boolean, code text, consent uuid, kept_back text, fields jsonb, personal jsonb,
    since date
) language sql stable parallel safe
as $$
    select s.code, i.item,
        case when reader in ('operator', 'subject') then true
             when reader = 'anonymous' or not i.permitted then false
             when i.whole then true
             else not i.needs_consent or best.found is true end,
        case when reader = 'operator' then 'operator_upkeep'
             when reader = 'subject' then 'own_information'
             when reader = 'anonymous' then 'reader_unknown'
             when not i.permitted then 'not_own_item'
             when i.whole then 'open_information'
             when best.found then 'consented'
             when i.needs_consent then coalesce(best.condition, 'consent_missing')
             else 'open_information' end,
        case when best.found then best.id end,
        case when reader in ('institution', 'authority') and i.permitted and not i.whole and not i.needs_consent
                  and best.found is not true
             then coalesce(best.condition, 'consent_missing') end,
        case when best.found then best.fields end,
        case when best.found then best.personal end,
        case when best.found then best.since end
    from unnest(subjects) as s (code)
    cross join jsonb_to_recordset(items)
        as i (item text, permitted boolean, needs_consent boolean, whole boolean, confidential text[], personal text[])
    left join lateral (
        select c.id, c.condition, c.condition = 'consent_in_force' as found, c.fields, c.personal, c.since
        from (
            select c.id, c.valid_to,
                xinshu_consent_condition(c, i.item, xinshu_readable.purpose, xinshu_readable.at) as condition,
                c.items -> i.item as fields, c.personal -> i.item as personal,
                xinshu_consent_since(c, xinshu_readable.at) as since,
                c.max_calls is not null or c.times is not null as counted
            from consent c
            where c.subject_code = s.code and c.grantee = xinshu_readable.member and c.state <> 'draft'
        ) c
        where c.condition <> 'consent_in_force' or i.needs_consent
           or (cardinality(i.confidential) > 0 and (c.fields = 'null' or c.fields ?| i.confidential))
           or coalesce(c.personal -> 'fields' ?| i.personal, false)
        order by c.condition = 'consent_in_force' desc,
            case when c.condition <> 'consent_in_force' then array_position(
                array['consent_other_item', 'consent_other_purpose', 'consent_rejected', 'consent_revoked',
                      'consent_expired', 'consent_exhausted', 'consent_pending', 'consent_not_yet_valid',
                      'consent_paused', 'consent_frequency'], c.condition) end desc nulls last,
            case when c.condition = 'consent_in_force'
                 then coalesce(jsonb_array_length(c.personal -> 'fields'), 0) end desc nulls last,
            case when c.condition = 'consent_in_force'
                 then case when c.fields = 'null' then 10000 else jsonb_array_length(c.fields) end end desc nulls last,
            case when c.condition = 'consent_in_force' then c.since end asc nulls first,
            c.condition = 'consent_in_force' and c.counted,
            c.valid_to desc, c.id desc
        limit 1
    ) best on reader in ('institution', 'authority') and i.permitted and not i.whole
$$;
