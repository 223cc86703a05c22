-- The security log.

-- name: insert_event(at, kind, code, principal, member_id, target, address, details)$
insert into access_event (at, kind, code, principal, member_id, target, address, details)
values (:at, :kind, :code, :principal, :member_id, :target, :address, :details::jsonb)
returning id;

-- name: list_events(scopes, kind, principal, member_id, since, until, size, skip)
-- Newest first, within what the caller may see.
select id, at, kind, code, principal, member_id, target, address, details, count(*) over () as total
from access_event
where xinshu_permitted(:scopes::jsonb, member_id, null, null, null, principal)
  and (:kind::text is null or kind = :kind)
  and (:principal::text is null or principal = :principal)
  and (:member_id::text is null or member_id = :member_id)
  and (:since::timestamptz is null or at >= :since)
  and (:until::timestamptz is null or at < :until)
order by id desc limit :size offset :skip;

-- name: events_by_id(ids)
-- For the audit of the log of evidence.
select id, at, kind, code, principal, member_id, target, address, details from access_event
where id = any (:ids::bigint[]);

-- name: count_evidenced(without)$
-- How many have evidence: all but those of kind `without`.
select count(*) from access_event where kind <> :without;
