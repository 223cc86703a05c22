-- The one SQL form of the permission table: whether one of the alternatives in `scopes` covers a row.
-- An alternative is an object; a key that is absent does not limit. Written by members.permissions.scopes().
create function xinshu_permitted(
    scopes jsonb, member text, item text, division text, subject text, account text
) returns boolean language sql immutable parallel safe
as $$
    select exists (
        select 1 from jsonb_array_elements(scopes) as one (scope)
        where (not scope ? 'members' or coalesce(scope -> 'members' ? member, false))
          and (not scope ? 'items' or coalesce(scope -> 'items' ? item, false))
          and (not scope ? 'regions' or exists (
                  select 1 from jsonb_array_elements_text(scope -> 'regions') as region (prefix)
                  where starts_with(division, prefix)))
          and (not scope ? 'subjects' or coalesce(scope -> 'subjects' ? subject, false))
          and (not scope ? 'accounts' or coalesce(scope -> 'accounts' ? account, false))
          and (not scope ? 'others_than' or coalesce(not scope -> 'others_than' ? account, false))
    )
$$;

-- What concerns security: sign-ins, refusals, changes of rights. Never changed; hashed into the ledger later.
create table access_event (
    id bigint generated always as identity primary key,
    at timestamptz not null,
    kind text not null,                     -- sign_in, refused, token, rights, key, member, bootstrap …
    code text not null,                     -- stable outcome
    principal text,                         -- who, as far as known
    member_id text collate "C",
    target text,                            -- what it was about: route, account, client, member; never content
    address text,
    details jsonb not null default '{}'     -- never secrets, never personal data
);
create index access_event_at on access_event (at desc);
create index access_event_principal on access_event (principal, at desc);
create index access_event_member on access_event (member_id, at desc);

-- Whether a place lies in one of the regions (prefixes of GB/T 2260); no regions: everywhere.
create function xinshu_within(division text, regions text[]) returns boolean language sql immutable parallel safe
as $$
    select regions is null
        or exists (select from unnest(regions) as region (prefix) where starts_with(coalesce(division, ''), prefix))
$$;

-- Whose batch it is, and of which divisions its rows may be. Null: handed in by the node itself.
alter table batch add column member_id text collate "C", add column regions text[], add column submitted_by text;
create index batch_member on batch (member_id, received_at desc);
