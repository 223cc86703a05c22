-- Screenings: one fixed query; all that is asked for comes as parameters.

-- name: screen(divisions, industries, sizes, kinds, statuses, established_from, established_to, facts, required, today, most)
-- Subjects that meet all required facts, by code; bit n of `marks` and of `required` stands for fact n. Households and
-- subjects without a unified code are never on a list. A fact is {no, item, present, newest, conditions}: whether the
-- subject has a fact of the item, in force on the day, that meets all conditions ({field, op, kind, values}); with
-- `newest`, only the one that began last is looked at. All in one statement: a function of its own, called for each
-- subject and fact, takes a hundred times as long.
with fact as materialized (
    select f.no, f.item, f.present, f.newest, f.conditions
    from jsonb_to_recordset(:facts::jsonb)
        as f (no int, item text, present boolean, newest boolean, conditions jsonb)
)
select u.id, u.code, m.marks
from subject u cross join lateral (
    select coalesce(bit_or(1 << f.no), 0)::int as marks from fact f
    where f.present = exists (
        select from (
            select e.row -> 'data' as data
            from holding h cross join lateral jsonb_array_elements(h.document::jsonb) as e (row)
            where h.subject_id = u.id and h.item = f.item and h.rows > 0
              and e.row ->> 'state' in ('current', 'disputed')
              and (e.row ->> 'valid_from' is null or e.row ->> 'valid_from' <= :today::text)
              and (e.row ->> 'valid_to' is null or e.row ->> 'valid_to' >= :today::text)
            order by case when f.newest then e.row ->> 'valid_from' end collate "C" desc nulls last
            limit case when f.newest then 1 end
        ) as r
        where not exists (
            select from jsonb_to_recordset(f.conditions) as c (field text, op text, kind text, "values" text[])
            where not coalesce(case c.op
                when 'in' then r.data ->> c.field = any (c.values)
                when 'begins' then exists (select from unnest(c.values) as v where starts_with(r.data ->> c.field, v))
                when 'from' then case c.kind
                    when 'number' then (r.data ->> c.field)::numeric >= c.values[1]::numeric
                    else r.data ->> c.field collate "C" >= c.values[1] end
                when 'to' then case c.kind
                    when 'number' then (r.data ->> c.field)::numeric <= c.values[1]::numeric
                    else r.data ->> c.field collate "C" <= c.values[1] end
            end, false)
        )
    )
) as m
where u.code is not null and u.code not like 'Z%' and u.kind is distinct from 'farm_household'
  and (:divisions::text[] is null
       or exists (select from unnest(:divisions::text[]) as d (prefix) where starts_with(u.division, d.prefix)))
  and (:industries::text[] is null
       or exists (select from unnest(:industries::text[]) as i (prefix) where starts_with(u.industry, i.prefix)))
  and (:sizes::text[] is null or u.size_class = any (:sizes::text[]))
  and (:kinds::text[] is null or u.kind = any (:kinds::text[]))
  and (:statuses::text[] is null or u.status = any (:statuses::text[]))
  and (:established_from::date is null or u.established >= :established_from)
  and (:established_to::date is null or u.established <= :established_to)
  and m.marks & :required = :required
order by u.code limit :most;

-- name: take_quota^
-- One run of today's; no row when there is none left.
insert into screening_quota as q (member_id, day, runs)
select :member_id, :day, 1 where :most::int > 0
on conflict (member_id, day) do update set runs = q.runs + 1 where q.runs < :most
returning runs;

-- name: insert_screening!
insert into screening (leaf, id, member_id, principal, subscription_id, at, criteria, subjects, marks, count, truncated,
                       result, kept_until)
values (:leaf, :id, :member_id, :principal, :subscription_id, :at, :criteria, :subjects::bigint[], :marks::int[], :count,
        :truncated, :result, :kept_until);

-- name: screening^
select leaf, id, member_id, principal, at, criteria, count, truncated, result, kept_until, removed from screening
where id = :id;

-- name: list_screenings(scopes, before, size)
-- Newest first, of those members that the caller may see.
select leaf, id, member_id, principal, at, criteria, count, truncated, result, kept_until, removed from screening
where xinshu_permitted(:scopes::jsonb, member_id, null, null, null, null)
  and (:before::bigint is null or leaf < :before)
order by leaf desc limit :size;

-- name: found(id, skip, size)
-- A page of the subjects of a run, as the subject base has them now.
select u.code, u.name, u.kind, u.division, u.industry, u.status, u.size_class, f.marks
from screening r
cross join unnest(r.subjects[:skip + 1 : :skip + :size], r.marks[:skip + 1 : :skip + :size])
    with ordinality as f (subject_id, marks, place)
join subject u on u.id = f.subject_id
where r.id = :id
order by f.place;

-- name: remove_outlived$
-- Lists whose time is over; the run, its criteria and its digest stay.
with gone as (
    update screening set removed = true, subjects = '{}', marks = '{}' where not removed and kept_until <= :now
    returning 1
)
select count(*) from gone;
