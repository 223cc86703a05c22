-- Reads of records here serve the platform's own classification. What is read leaves as a degree, points and evidence,
-- of which others than the subject and the platform see only that from open items.

-- name: subject_known^
-- A subject by its code or its old number.
select id, code, old_number, name, kind, division, industry, size_class
from subject
where code = :code or (code is null and old_number = :code)
order by code nulls last
limit 1;

-- name: records_as_of
-- What was known of a subject at the end of a day. What was repaired or withdrawn since is used no more (R5.3).
select item, payload
from record
where subject_id = :subject_id and item = any (:items) and first_seen < :until
  and (known_to is null or known_to >= :until) and state not in ('repaired', 'withdrawn')
order by item, valid_from, key;

-- name: subject_bounds^
select coalesce(min(id), 0) as low, coalesce(max(id), -1) as high from subject;

-- name: subjects_of_range
select id, name, kind from subject where id >= :low and id < :high;

-- name: subjects_of
select id, name, kind from subject where id = any (:subjects::bigint[]);

-- name: records_of_range
select subject_id, item, payload
from record
where subject_id >= :low and subject_id < :high and item = any (:items) and first_seen < :until
  and (known_to is null or known_to >= :until) and state not in ('repaired', 'withdrawn')
order by subject_id, item, valid_from, key;

-- name: records_of_subjects
select subject_id, item, payload
from record
where subject_id = any (:subjects::bigint[]) and item = any (:items) and first_seen < :until
  and (known_to is null or known_to >= :until) and state not in ('repaired', 'withdrawn')
order by subject_id, item, valid_from, key;

-- name: lock_run$
-- One run at a time; the lock falls with the transaction.
select pg_try_advisory_xact_lock(7110853);

-- name: spread_batches!
with seen as (delete from module_batch returning batch_id)
insert into module_dirty (subject_id)
select distinct r.subject_id from record r join seen on seen.batch_id = r.batch_id;

-- name: take_dirty
with chosen as (select distinct subject_id from (select subject_id from module_dirty limit :most) d)
delete from module_dirty d using chosen where d.subject_id = chosen.subject_id
returning d.subject_id;

-- name: forget_dirty!
delete from module_dirty where subject_id >= :low and subject_id < :high;

-- name: count_dirty^
select (select count(*) from module_dirty) as subjects, (select count(*) from module_batch) as batches;

-- name: create_stage#
create temp table membership_stage (
    subject_id bigint, module text, version text, degree text, points smallint, parts text[], evidence text
) on commit drop;
create temp table relation_stage (subject_id bigint, other_code text, kind text, item text) on commit drop;

-- name: forget_memberships!
delete from module_membership where subject_id = any (:subjects::bigint[]);

-- name: forget_relations!
delete from module_relation where subject_id = any (:subjects::bigint[]);

-- name: store_memberships!
insert into module_membership (subject_id, module, version, degree, points, parts, evidence, as_of, computed_at)
select subject_id, module, version, degree, points, parts, evidence, :as_of, :now from membership_stage;

-- name: store_relations!
insert into module_relation (subject_id, other_code, kind, item)
select distinct subject_id, other_code, kind, item from relation_stage;

-- name: begin_run$
insert into module_run (kind, as_of, modules, principal, started_at)
values (:kind, :as_of, :modules, :principal, :now) returning id;

-- name: end_run!
update module_run set finished_at = :now, subjects = :subjects, members = :members where id = :id;

-- name: last_run^
select kind, as_of, modules, finished_at, subjects, members from module_run
where finished_at is not null order by id desc limit 1;

-- name: last_full_run^
select as_of, modules, finished_at from module_run
where kind = 'full' and finished_at is not null order by id desc limit 1;

-- name: stored(subject_id)
select module, version, degree, points, parts, evidence, as_of, computed_at
from module_membership where subject_id = :subject_id order by module;

-- name: counts
-- Members and possible members of each module.
select module, degree, count(*) as subjects from module_membership group by module, degree order by module, degree;

-- name: statistics(module, persons)
-- How the members of a module fall over fields, cities, size classes, grades.
select g.by, g.part, m.degree, count(*) as subjects
from module_membership m join subject c on c.id = m.subject_id
left join lateral (
    select r.grade from evaluation_result r where r.subject_id = c.id order by r.model limit 1
) e on true
cross join lateral (
    select 'division' as by, left(c.division, 4) as part
    union all select 'size', c.size_class
    union all select 'grade', e.grade
    union all select 'part', p from unnest(m.parts) as p
) as g
where m.module = :module and (:persons or c.kind is distinct from 'farm_household')
group by g.by, g.part, m.degree
order by g.by, g.part, m.degree;

-- name: members(module, degrees, parts, kinds, sizes, divisions, statuses, grades, conditions, persons, sort, skip, most)
-- Subjects of a module that meet all criteria. A condition is {indicator, op, number, text, absent}: `absent` stands for an
-- indicator that was computed and left out. Households, and subjects without a unified code, only where `persons`.
select c.id, c.code, c.old_number, c.name, c.kind, c.division, c.industry, c.size_class, m.degree, m.points, m.parts,
       m.evidence, m.version, m.as_of, e.grade, e.score, e.model, v."values"
from module_membership m join subject c on c.id = m.subject_id
left join lateral (
    select r.grade, r.score, r.model from evaluation_result r
    where r.subject_id = c.id order by r.model limit 1
) e on true
left join indicator_values v on v.subject_id = c.id
where m.module = :module and m.degree = any (:degrees)
  and (:parts::text[] is null or m.parts && :parts::text[])
  and (:kinds::text[] is null or c.kind = any (:kinds::text[]))
  and (:sizes::text[] is null or c.size_class = any (:sizes::text[]))
  and (:divisions::text[] is null
       or exists (select from unnest(:divisions::text[]) as d (prefix) where starts_with(c.division, d.prefix)))
  and (:statuses::text[] is null or c.status is null or c.status = any (:statuses::text[]))
  and (:grades::text[] is null or e.grade = any (:grades::text[]))
  and (:persons or (c.code is not null and c.code not like 'Z%' and c.kind is distinct from 'farm_household'))
  and not exists (
      select from jsonb_to_recordset(:conditions::jsonb)
          as k (indicator text, op text, number float8, "text" text, absent float8)
      where not coalesce(case
          when v."values" is null then false
          when k."text" is not null then case k.op
              when 'eq' then v."values"::jsonb ->> k.indicator = k."text"
              when 'ne' then v."values"::jsonb ->> k.indicator <> k."text" end
          else case k.op
              when 'eq' then coalesce((v."values"::jsonb ->> k.indicator)::float8, k.absent) = k.number
              when 'ne' then coalesce((v."values"::jsonb ->> k.indicator)::float8, k.absent) <> k.number
              when 'lt' then coalesce((v."values"::jsonb ->> k.indicator)::float8, k.absent) < k.number
              when 'le' then coalesce((v."values"::jsonb ->> k.indicator)::float8, k.absent) <= k.number
              when 'gt' then coalesce((v."values"::jsonb ->> k.indicator)::float8, k.absent) > k.number
              when 'ge' then coalesce((v."values"::jsonb ->> k.indicator)::float8, k.absent) >= k.number end
          end, false)
  )
order by case when :sort = 'score' then e.score end desc nulls last,
         case when :sort = 'name' then c.name end collate "C",
         m.points desc, m.subject_id
limit :most offset :skip;

-- name: insert_list_run!
insert into module_list_run (id, module, list, version, at, principal, member_id, leaf, count, truncated, digest, lines)
values (:id, :module, :list, :version, :at, :principal, :member_id, :leaf, :count, :truncated, :digest, :lines);

-- name: list_run^
select id, module, list, version, at, principal, member_id, leaf, count, truncated, digest, lines
from module_list_run where id = :id;

-- name: leaders(module, items, ids, related, skip, most)
-- Members of the module with the most relations of the given items, or those of `ids`; with how many others.
select c.id, c.code, c.name, c.division, c.industry, c.size_class, m.points, m.parts, count(distinct x.other) as related
from module_membership m join subject c on c.id = m.subject_id
join lateral (
    select o.id as other from module_relation r join subject o on o.code = r.other_code
    where r.subject_id = c.id and r.item = any (:items)
    union
    select r.subject_id from module_relation r where r.other_code = c.code and r.item = any (:items)
) x on x.other <> c.id
where m.module = :module and c.id = any (:ids::bigint[]) and c.code is not null
group by c.id, c.code, c.name, c.division, c.industry, c.size_class, m.points, m.parts
having count(distinct x.other) >= :related
order by related desc, c.id
limit :most offset :skip;

-- name: circle(leader, items, steps, most)
-- Who is related to the leader in at most `steps` steps, nearest first. A party that more than 200 subjects name, such as a
-- bank, joins nobody else to the circle.
with recursive around (id, step) as (
    select :leader::bigint, 0
    union
    select n.id, a.step + 1
    from around a
    join subject s on s.id = a.id
    cross join lateral (
        select o.id from module_relation r join subject o on o.code = r.other_code
        where r.subject_id = a.id and r.item = any (:items)
        union
        select r.subject_id from module_relation r where r.other_code = s.code and r.item = any (:items)
    ) n
    where a.step < :steps and n.id <> :leader
      and (a.step = 0 or (select count(*) from (
          select from module_relation h where h.other_code = s.code limit 201) q) <= 200)
)
select c.id, c.code, c.name, c.kind, c.division, c.industry, c.size_class, min(a.step) as step
from around a join subject c on c.id = a.id
where a.step > 0 and c.code is not null and c.code not like 'Z%' and c.kind is distinct from 'farm_household'
group by c.id, c.code, c.name, c.kind, c.division, c.industry, c.size_class
order by step, c.id
limit :most;

-- name: links(ids, codes, items)
-- Relations between subjects of a circle: the record's subject, the other party, what it is to the subject.
select s.code as of, r.other_code as other, r.kind, r.item
from module_relation r join subject s on s.id = r.subject_id
where r.subject_id = any (:ids::bigint[]) and r.other_code = any (:codes::text[]) and r.item = any (:items)
order by s.code, r.other_code, r.kind
limit 5000;
