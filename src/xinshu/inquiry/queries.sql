-- name: find_subject^
-- By unified code or platform number; else by the only subject that has the old number.
select id, code, old_number, name, kind, division, industry, status, size_class from subject
where code = :code
union all
select id, code, old_number, name, kind, division, industry, status, size_class from subject
where old_number = :code and (select count(*) from subject o where o.old_number = :code) = 1
limit 1;

-- name: known(code, member, items)^
-- By its code, in one look: the subject, what a member ever got from it (JSON), and what is known of each item in both
-- forms. Nothing of this is kept in memory: an authorisation revoked anywhere is refused by the next question.
select s.code, s.old_number, s.name, s.kind, s.division, s.industry, s.status, s.size_class, c.consents,
       h.items, h.documents, h.masked, h.rows, h.versions, h.updated
from subject s
left join lateral (
    select jsonb_agg(to_jsonb(one) - '{digest}'::text[])::text as consents from consent one
    where one.subject_code = s.code and one.grantee = :member and one.state <> 'draft'
) c on true
left join lateral (
    select array_agg(item) as items, array_agg(document) as documents, array_agg(masked) as masked,
           array_agg(rows) as rows, array_agg(version) as versions, array_agg(updated_at) as updated
    from holding where subject_id = s.id and item = any (:items::text[])
) h on true
where s.code = :code;

-- name: holdings(subject_id, items)
-- What is known of a subject found in another way; one row an item.
select item, document, masked, rows, version, updated_at as updated from holding
where subject_id = :subject_id and item = any (:items::text[]);

-- name: holdings_as_of(subject_id, items, until, day)
-- What was known at a moment and valid on a day; one row an item.
select r.item, '[' || string_agg(
           xinshu_document_row(r.payload, r.provider, r.platform, r.batch_id, r.first_seen, r.valid_from, r.valid_to,
                               case when r.state in ('superseded', 'closed') then 'current' else r.state end),
           ',' order by r.valid_from, r.key) || ']' as document,
       case when count(r.masked) = count(*) then '[' || string_agg(
           xinshu_document_row(coalesce(r.masked, r.payload),
                               r.provider, r.platform, r.batch_id, r.first_seen, r.valid_from, r.valid_to,
                               case when r.state in ('superseded', 'closed') then 'current' else r.state end),
           ',' order by r.valid_from, r.key) || ']' end as masked,
       count(*) as rows, max(r.version)::bigint as version, max(r.first_seen) as updated
from record r
where r.subject_id = :subject_id and r.item = any (:items::text[])
  and r.first_seen < :until and (r.known_to is null or r.known_to >= :until)
  and (r.valid_from is null or r.valid_from <= :day) and (r.valid_to is null or r.valid_to >= :day)
  and r.state not in ('repaired', 'withdrawn')
group by r.item;

-- name: known_keys(owners, keys)
-- Of pairs of owner and idempotency key: the leaves of those that were used.
select coalesce(i.member_id, i.principal) as owner, i.idempotency_key, i.leaf
from unnest(:owners::text[], :keys::text[]) as k (owner, name)
join inquiry i on coalesce(i.member_id, i.principal) = k.owner and i.idempotency_key = k.name;

-- name: by_key(owner, key)^
select * from inquiry where coalesce(member_id, principal) = :owner and idempotency_key = :key;

-- name: recorded(id)$
select exists (select from inquiry where id = :id);

-- name: by_id(ids)
-- For the audit.
select leaf, id, at, principal, member_id, subject_code, purpose, reference, consents, items, result, idempotency_key,
       request
from inquiry where id = any (:ids::uuid[]);

-- name: count_inquiries$
select count(*) from inquiry;

-- name: list_inquiries(scopes, subject, member_id, consent, before, size)
-- Who read what, newest first, within what the caller may see; every filter may be null.
select i.leaf, i.id, i.at, i.principal, i.member_id, m.name as member_name, i.subject_code, i.purpose, i.reference,
       i.consents, i.items
from inquiry i left join member m on m.id = i.member_id
where xinshu_permitted(:scopes::jsonb, i.member_id, null, null, i.subject_code, i.principal)
  and (:subject::text is null or i.subject_code = :subject)
  and (:member_id::text is null or i.member_id = :member_id)
  and (:consent::text is null or i.consents @> array[:consent::text])
  and (:before::bigint is null or i.leaf < :before)
order by i.leaf desc limit :size;

-- name: read_by_member(subject)
-- How often each member has read a subject's information, and when last.
select member_id, count(*) as inquiries, max(at) as last_at from inquiry
where subject_code = :subject and member_id is not null group by member_id;
