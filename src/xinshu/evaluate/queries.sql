-- Reads of records here serve the platform's own evaluation, which it makes by public duty (GB/T 45255-2025). Nothing
-- read leaves but points, grades and what the reader may see: `service.read`.

-- name: subject_known^
-- A subject by its code or its old number.
select id, code, old_number, name, kind, division, industry, status, size_class
from subject
where code = :code or (code is null and old_number = :code)
order by code nulls last
limit 1;

-- name: holdings
-- What is known now: each item's document, in one look.
select item, document from holding where subject_id = :subject_id and item = any (:items);

-- name: records_as_of
-- What was known at the end of a day. What was repaired or withdrawn since is used no more, for no day (R5.3).
select item, payload, provider, platform, batch_id, first_seen
from record
where subject_id = :subject_id and item = any (:items) and first_seen < :until
  and (known_to is null or known_to >= :until) and state not in ('repaired', 'withdrawn')
order by item, valid_from, key;

-- name: records_of_range
-- The same for a range of subjects; copied out.
select subject_id, item, payload
from record
where subject_id >= :low and subject_id < :high and item = any (:items) and first_seen < :until
  and (known_to is null or known_to >= :until) and state not in ('repaired', 'withdrawn');

-- name: records_of_subjects
select subject_id, item, payload
from record
where subject_id = any (:subjects::bigint[]) and item = any (:items) and first_seen < :until
  and (known_to is null or known_to >= :until) and state not in ('repaired', 'withdrawn');

-- name: subject_bounds^
select coalesce(min(id), 0) as low, coalesce(max(id), -1) as high from subject;

-- name: subjects_of_range
select id, kind from subject where id >= :low and id < :high;

-- name: subjects_of
select id, kind from subject where id = any (:subjects::bigint[]);

-- name: lock_run$
-- One run at a time; the lock falls with the transaction.
select pg_try_advisory_xact_lock(7110852);

-- name: spread_batches!
-- Subjects of batches published since.
with seen as (delete from evaluation_batch returning batch_id)
insert into evaluation_dirty (subject_id)
select distinct r.subject_id from record r join seen on seen.batch_id = r.batch_id;

-- name: take_dirty
-- Some of the subjects touched; their marks go with the transaction that writes their results.
with chosen as (select distinct subject_id from (select subject_id from evaluation_dirty limit :most) d)
delete from evaluation_dirty d using chosen where d.subject_id = chosen.subject_id
returning d.subject_id;

-- name: forget_dirty!
delete from evaluation_dirty where subject_id >= :low and subject_id < :high;

-- name: count_dirty^
select (select count(*) from evaluation_dirty) as subjects, (select count(*) from evaluation_batch) as batches;

-- name: create_stage#
create temp table evaluation_stage (
    subject_id bigint, model text, version text, score integer, earned text, grade text, vetoes integer[],
    points integer[]
) on commit drop;
create temp table indicator_stage (subject_id bigint, "values" text) on commit drop;

-- name: store_indicators!
insert into indicator_values (subject_id, as_of, computed_at, "values")
select subject_id, :as_of, :now, "values" from indicator_stage
on conflict (subject_id) do update
set as_of = excluded.as_of, computed_at = excluded.computed_at, "values" = excluded."values";

-- name: count_changes$
-- Evaluations whose grade will become another one.
select count(*) from evaluation_stage s join evaluation_result r using (subject_id, model) where r.grade <> s.grade;

-- name: store_results!
insert into evaluation_result (subject_id, model, version, as_of, computed_at, score, earned, grade, vetoes, points)
select subject_id, model, version, :as_of, :now, score, earned, grade, vetoes, points from evaluation_stage
on conflict (subject_id, model) do update
set version = excluded.version, as_of = excluded.as_of, computed_at = excluded.computed_at, score = excluded.score,
    earned = excluded.earned, grade = excluded.grade, vetoes = excluded.vetoes, points = excluded.points;

-- name: drop_strays!
-- Results of models that no longer evaluate the subject.
delete from evaluation_result r using subject c
where c.id = r.subject_id and r.subject_id = any (:subjects::bigint[])
  and not exists (select from evaluation_stage s where s.subject_id = r.subject_id and s.model = r.model);

-- name: begin_run$
insert into evaluation_run (kind, as_of, principal, started_at) values (:kind, :as_of, :principal, :now) returning id;

-- name: end_run!
update evaluation_run set finished_at = :now, subjects = :subjects, changed = :changed where id = :id;

-- name: runs
select id, kind, as_of, principal, started_at, finished_at, subjects, changed
from evaluation_run
order by id desc
limit :size;

-- name: last_full_run^
select id, as_of, finished_at from evaluation_run
where kind = 'full' and finished_at is not null
order by id desc
limit 1;

-- name: stored_values^
select as_of, computed_at, "values" from indicator_values where subject_id = :subject_id;

-- name: stored_result^
select model, version, as_of, computed_at, score, earned, grade, vetoes, points
from evaluation_result
where subject_id = :subject_id and model = :model;

-- name: results
-- Evaluations by a model, best first.
select c.code, c.old_number, c.name, c.division, c.industry, c.size_class, r.version, r.as_of, r.score, r.grade, r.vetoes
from evaluation_result r join subject c on c.id = r.subject_id
where r.model = :model and (:grade::text is null or r.grade = :grade)
  and (:division::text is null or c.division like :division || '%')
order by r.score desc, r.subject_id
limit :size offset :skip;

-- name: distribution
-- How the grades fall over divisions (cities), size classes, sections of industry.
select g.by, g.part, r.grade, count(*) as subjects, avg(r.score)::double precision as mean
from evaluation_result r join subject c on c.id = r.subject_id
cross join lateral (values
    ('division', left(c.division, 4)), ('size', c.size_class), ('section', left(c.industry, 1)), ('kind', c.kind)
) as g (by, part)
where r.model = :model
group by g.by, g.part, r.grade
order by g.by, g.part, r.grade;

-- name: score_bins
-- Subjects in each band of `width` points.
select least(score / :width, 1000 / :width - 1) as band, count(*) as subjects
from evaluation_result
where model = :model and version = :version
group by band
order by band;

-- name: values_page
-- Stored indicators of subjects of some kinds, with the groups they fall into, for validation.
select c.id, c.code, c.division, c.size_class, c.industry, v."values"
from indicator_values v join subject c on c.id = v.subject_id
where c.kind = any (:kinds) and v.subject_id > :after
order by v.subject_id
limit :size;

-- name: insert_model!
insert into evaluation_model (id, version, document, digest, state, created_by, created_at)
values (:id, :version, :document, :digest, 'draft', :by, :now);

-- name: model^
select id, version, document, digest, state, created_by, created_at, validated_by, validated_at, validation,
       approved_by, approved_at, started_by, started_at, retired_by, retired_at
from evaluation_model
where id = :id and version = :version;

-- name: lock_model^
select id, version, document, digest, state, created_by, created_at, validated_by, validated_at, validation,
       approved_by, approved_at, started_by, started_at, retired_by, retired_at
from evaluation_model
where id = :id and version = :version
for update;

-- name: models
select id, version, document, digest, state, created_by, created_at, validated_by, validated_at, validation,
       approved_by, approved_at, started_by, started_at, retired_by, retired_at
from evaluation_model
where (:id::text is null or id = :id)
order by id, created_at desc, version desc;

-- name: models_in_force
select id, version, document from evaluation_model where state = 'in_force' order by id;

-- name: set_validated!
update evaluation_model set state = 'validated', validated_by = :by, validated_at = :now, validation = :validation
where id = :id and version = :version;

-- name: set_approved!
update evaluation_model set state = 'approved', approved_by = :by, approved_at = :now
where id = :id and version = :version;

-- name: retire_current
-- The version in force makes way for another one.
update evaluation_model set state = 'retired', retired_by = :by, retired_at = :now
where id = :id and state = 'in_force'
returning version;

-- name: set_in_force!
update evaluation_model set state = 'in_force', started_by = :by, started_at = :now
where id = :id and version = :version;

-- name: set_retired!
update evaluation_model set state = 'retired', retired_by = :by, retired_at = :now
where id = :id and version = :version;

-- name: keep_monitor!
insert into evaluation_monitor (model, version, month, at, subjects, psi, distribution)
values (:model, :version, :month, :now, :subjects, :psi, :distribution)
on conflict (model, version, month) do update
set at = excluded.at, subjects = excluded.subjects, psi = excluded.psi, distribution = excluded.distribution;

-- name: monitored
select month, at, subjects, psi, distribution from evaluation_monitor
where model = :model and version = :version
order by month desc
limit 60;

-- name: forget_marks!
with batches as (delete from evaluation_batch)
delete from evaluation_dirty;
