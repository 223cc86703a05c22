-- name: find_subject^
-- By unified code or platform number; else by the only subject that has the old number.
select id, code, old_number, name, kind, division, industry, status, size_class from subject
where code = :code
union all
select id, code, old_number, name, kind, division, industry, status, size_class from subject
where old_number = :code and (select count(*) from subject o where o.old_number = :code) = 1
limit 1;

-- name: holdings
-- What is known now; one row an item.
select item, case when item = any (:masked_items::text[]) then coalesce(masked, document) else document end as document,
       rows, version, updated_at
from holding
where subject_id = :subject_id and item = any (:items::text[]);

-- name: holdings_as_of
-- What was known at a moment and valid on a day; one row an item.
select r.item, '[' || string_agg(
           xinshu_document_row(case when r.item = any (:masked_items::text[]) then coalesce(r.masked, r.payload) else r.payload end,
                               r.provider, r.platform, r.batch_id, r.first_seen, r.valid_from, r.valid_to,
                               case when r.state in ('superseded', 'closed') then 'current' else r.state end),
           ',' order by r.valid_from, r.key) || ']' as document,
       count(*) as rows, max(r.version)::bigint as version, max(r.first_seen) as updated_at
from record r
where r.subject_id = :subject_id and r.item = any (:items::text[])
  and r.first_seen < :until and (r.known_to is null or r.known_to >= :until)
  and (r.valid_from is null or r.valid_from <= :day) and (r.valid_to is null or r.valid_to >= :day)
  and r.state not in ('repaired', 'withdrawn')
group by r.item;
