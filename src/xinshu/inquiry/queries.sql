-- name: find_subject^
-- By unified code or platform number; else by the only subject that has the old number.
select id, code, old_number, name, kind, division, industry, status, size_class from subject
where code = :code
union all
select id, code, old_number, name, kind, division, industry, status, size_class from subject
where old_number = :code and (select count(*) from subject o where o.old_number = :code) = 1
limit 1;

-- name: known(questions)
-- By their codes, for all questions at once (JSON: number, code, member, items): the subject, what the member ever got
-- from it (`ConsentView.told`), and what is known of each item in both forms.
select q.number, s.code, s.old_number, s.name, s.kind, s.division, s.industry, s.status, s.size_class, c.consents,
       h.items, h.documents, h.masked, h.rows, h.versions, h.updated
from json_to_recordset(:questions::json) as q (number bigint, code text, member text, items text[])
join subject s on s.code = q.code
left join lateral (
    select json_agg(json_build_array(
               id, purpose, state, valid_from, valid_to, items, personal, months_back, since, max_calls, used, times,
               per, period, period_used, answer_by))::text as consents
    from consent where subject_code = q.code and grantee = q.member and state <> 'draft'
) c on true
left join lateral (
    select array_agg(item) as items, array_agg(convert_to(document, 'UTF8')) as documents,
           array_agg(convert_to(masked, 'UTF8')) as masked, array_agg(rows) as rows, array_agg(version) as versions,
           array_agg(updated_at) as updated
    from holding where subject_id = s.id and item = any (q.items)
) h on true;

-- name: holdings(subject_id, items)
-- What is known of a subject found in another way; one row an item.
select item, convert_to(document, 'UTF8') as document, convert_to(masked, 'UTF8') as masked, rows, version,
       updated_at as updated
from holding where subject_id = :subject_id and item = any (:items::text[]);

-- name: holdings_as_of(subject_id, items, until, day)
-- What was known at a moment and valid on a day; one row an item.
select r.item, convert_to('[' || string_agg(
           xinshu_document_row(r.payload, r.provider, r.platform, r.batch_id, r.first_seen, r.valid_from, r.valid_to,
                               case when r.state in ('superseded', 'closed') then 'current' else r.state end),
           ',' order by r.valid_from, r.key, r.version) || ']', 'UTF8') as document,
       case when count(r.masked) = count(*) then convert_to('[' || string_agg(
           xinshu_document_row(coalesce(r.masked, r.payload),
                               r.provider, r.platform, r.batch_id, r.first_seen, r.valid_from, r.valid_to,
                               case when r.state in ('superseded', 'closed') then 'current' else r.state end),
           ',' order by r.valid_from, r.key, r.version) || ']', 'UTF8') end as masked,
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

-- name: list_inquiries(scopes, subject, member_id, consent, purpose, since, until, others, before, size)
-- Who read what, newest first, within what the caller may see; every filter may be null. `others`: leaves out what firms
-- read about themselves.
select i.leaf, i.id, i.at, i.principal, i.member_id, m.name as member_name, i.subject_code,
       (select s.name from subject s where s.code = i.subject_code) as subject_name, i.purpose, i.reference,
       i.consents, i.items
from inquiry i left join member m on m.id = i.member_id
where xinshu_permitted(:scopes::jsonb, i.member_id, null, null, i.subject_code, i.principal)
  and (:subject::text is null or i.subject_code = :subject)
  and (:member_id::text is null or i.member_id = :member_id)
  and (:consent::text is null or i.consents @> array[:consent::text])
  and (:purpose::text is null or i.purpose = :purpose)
  and (:since::timestamptz is null or i.at >= :since)
  and (:until::timestamptz is null or i.at < :until)
  and (not :others::boolean or i.member_id is not null)
  and (:before::bigint is null or i.leaf < :before)
order by i.leaf desc limit :size;

-- name: read_by_member(subject)
-- How often each member has read a subject's information, and when last.
select i.member_id, m.name, count(*) as inquiries, max(i.at) as last_at from inquiry i
join member m on m.id = i.member_id
where i.subject_code = :subject group by i.member_id, m.name;

-- name: data_use(provider, item, since, given)
-- How often what a provider had sent was asked for; `given`: codes of decisions that gave it.
select to_char(i.at at time zone 'Asia/Shanghai', 'YYYY-MM') as month, a.item, i.purpose,
       coalesce(m.kind, 'firm') as reader,
       count(*) filter (where a.code = any (:given::text[])) as given,
       count(*) filter (where a.code <> all (:given::text[])) as refused,
       count(distinct i.subject_code) as subjects
from inquiry i
cross join lateral jsonb_each_text(i.items) as a (item, code)
left join member m on m.id = i.member_id
join subject s on s.code = i.subject_code
where i.at >= :since and (:item::text is null or a.item = :item)
  and exists (
      select from record r
      where r.subject_id = s.id and r.item = a.item and r.provider = :provider and r.first_seen <= i.at)
group by 1, a.item, i.purpose, reader
order by 1, a.item, i.purpose, reader;
