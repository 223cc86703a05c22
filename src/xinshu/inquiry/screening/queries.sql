-- Screenings: one fixed query; all that is asked for comes as parameters.

-- name: screen(divisions, industries, sizes, kinds, statuses, established_from, established_to, facts, today, most)
-- Subjects that meet all required criteria, by code; `marks`: bit n is set where fact n holds. Natural persons' households
-- and subjects without a unified code are never on a list.
select hit.id, hit.code, (
    select coalesce(bit_or(1 << f.no), 0)::int
    from jsonb_to_recordset(:facts::jsonb) as f (no int, item text, present boolean, newest boolean, conditions jsonb)
    where xinshu_fact_meets(hit.id, f.item, f.conditions, f.newest, :today::date) = f.present
) as marks
from (
    select u.id, u.code from subject u
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
      and not exists (
          select from jsonb_to_recordset(:facts::jsonb)
              as f (no int, item text, present boolean, newest boolean, required boolean, conditions jsonb)
          where f.required and xinshu_fact_meets(u.id, f.item, f.conditions, f.newest, :today::date) <> f.present)
    order by u.code limit :most
) as hit
order by hit.code;

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
