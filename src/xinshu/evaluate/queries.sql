-- Reads of records here serve the platform's own evaluation, which it makes by public duty (GB/T 45255-2025). Nothing
-- read leaves but points, grades and what the reader may see: `service.read`.

-- name: subject_known^
-- A subject by its code or its old number.
select id, code, old_number, name, xinshu_evaluated_kind(kind, old_number) as kind, division, industry, status, size_class
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

-- name: records_of_subjects
-- The same for some subjects; copied out.
select subject_id, item, payload
from record
where subject_id = any (:subjects::bigint[]) and item = any (:items) and first_seen < :until
  and (known_to is null or known_to >= :until) and state not in ('repaired', 'withdrawn');

-- name: subject_bounds^
select coalesce(min(id), 0) as low, coalesce(max(id), -1) as high from subject;

-- name: subjects_of_range
select id, xinshu_evaluated_kind(kind, old_number) as kind from subject where id >= :low and id < :high;

-- name: subjects_of
select id, xinshu_evaluated_kind(kind, old_number) as kind from subject where id = any (:subjects::bigint[]);

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
-- With the course: a row where a subject is evaluated for the first time, by another version, with another grade, other
-- vetoes, a score at least 10 points away from that last noted, or, once a month, any other score.
with stored as (
    insert into evaluation_result
        (subject_id, model, version, as_of, computed_at, score, earned, grade, vetoes, points)
    select subject_id, model, version, :as_of::date, :now::timestamptz, score, earned, grade, vetoes, points
    from evaluation_stage
    on conflict (subject_id, model) do update
    set version = excluded.version, as_of = excluded.as_of, computed_at = excluded.computed_at, score = excluded.score,
        earned = excluded.earned, grade = excluded.grade, vetoes = excluded.vetoes, points = excluded.points
)
insert into evaluation_course (subject_id, model, day, version, score, earned, grade, vetoes, points, cause, at)
select s.subject_id, s.model, :as_of::date, s.version, s.score, s.earned, s.grade, s.vetoes, s.points, k.cause,
       :now::timestamptz
from evaluation_stage s
left join lateral (
    select c.* from evaluation_course c
    where c.subject_id = s.subject_id and c.model = s.model and c.day <= :as_of::date
    order by c.day desc limit 1
) l on true
cross join lateral (
    select case
        when l.subject_id is null or l.cause = 'ended' then 'first'
        when l.version <> s.version then 'version'
        when l.grade <> s.grade then 'grade'
        when l.vetoes <> s.vetoes then 'vetoes'
        when abs(l.score - s.score) >= 10 then 'score'
        when l.day = :as_of::date and l.points <> s.points then l.cause
        when l.points <> s.points and date_trunc('month', l.day) < date_trunc('month', :as_of::date) then 'month' end
) k (cause)
where k.cause is not null
on conflict (subject_id, model, day) do update
set version = excluded.version, score = excluded.score, earned = excluded.earned, grade = excluded.grade,
    vetoes = excluded.vetoes, points = excluded.points, cause = excluded.cause, at = excluded.at;

-- name: drop_strays!
-- Results of models that no longer evaluate the subject; their course ends.
with gone as (
    delete from evaluation_result r using subject c
    where c.id = r.subject_id and r.subject_id = any (:subjects::bigint[])
      and not exists (select from evaluation_stage s where s.subject_id = r.subject_id and s.model = r.model)
    returning r.*
)
insert into evaluation_course (subject_id, model, day, version, score, earned, grade, vetoes, points, cause, at)
select subject_id, model, :as_of::date, version, score, earned, grade, vetoes, points, 'ended', :now::timestamptz
from gone
on conflict (subject_id, model, day) do update set cause = excluded.cause, at = excluded.at;

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
where xinshu_evaluated_kind(c.kind, c.old_number) = any (:kinds) and v.subject_id > :after
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
where (:id::text is null or id = :id) and (:state::text is null or state = :state)
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

-- name: course
-- The course of a subject, newest first, with the row before each page's last one to say what changed.
select model, day, version, score, earned, grade, vetoes, points, cause, at
from evaluation_course
where subject_id = :subject_id and (:model::text is null or model = :model)
  and (:since::date is null or day >= :since) and (:until::date is null or day <= :until)
order by day desc, model
limit :size;

-- name: course_to_mend
-- Past evaluations that used what was repaired or withdrawn since: it counts for no day any more (R5.3).
select distinct c.subject_id, c.model, c.version, c.day
from record r join evaluation_course c on c.subject_id = r.subject_id
where r.state in ('repaired', 'withdrawn') and r.known_to > c.at and c.cause <> 'ended'
  and r.first_seen < ((c.day + 1)::timestamp at time zone 'Asia/Shanghai')
order by c.subject_id, c.day
limit :most;

-- name: mend_course!
update evaluation_course
set score = :score, earned = :earned, grade = :grade, vetoes = :vetoes, points = :points, at = :now
where subject_id = :subject_id and model = :model and day = :day;

-- name: forget_course$
-- Rows older than a day, but for the last one up to it: with it begins what is kept.
with gone as (
    delete from evaluation_course c
    where c.day < :before and exists (
        select from evaluation_course n
        where n.subject_id = c.subject_id and n.model = c.model and n.day > c.day and n.day <= :before)
    returning 1
)
select count(*) from gone;

-- name: models_of
-- Versions by id and version, whatever their state, to read what was stored by them.
select id, version, document from evaluation_model where id = any (:ids::text[]) and version = any (:versions::text[]);

-- name: portfolio
-- A page of what a member may see (`xinshu_portfolio`).
select p.*, exists (
           select from evaluation_objection o
           where o.subject_id = p.subject_id and o.state in ('received', 'in_review')) as disputed
from xinshu_portfolio(:member, :purpose, :now, :since) p
cross join lateral (
    select array_position(array['优', '良', '中', '差'], p.grade) as now_place,
           array_position(array['优', '良', '中', '差'], p.then_grade) as then_place
) g
where (:model::text is null or p.model = :model)
  and (:division::text is null or p.division like :division || '%')
  and (:grade::text is null or p.grade = :grade)
  and (:changed::text is null
       or :changed = 'better' and g.now_place < g.then_place
       or :changed = 'worse' and g.now_place > g.then_place
       or :changed = 'same' and g.now_place = g.then_place
       or :changed = 'changed' and g.now_place <> g.then_place
       or :changed = 'new' and g.then_place is null)
order by case :sort::text when 'score' then p.score when 'change' then coalesce(p.score - p.then_score, 0)
             when 'grade' then g.now_place end * :direction::integer,
         case when :sort = 'name' and :direction = 1 then p.name end,
         case when :sort = 'name' and :direction = -1 then p.name end desc,
         p.subject_id, p.model
limit :size offset :skip;

-- name: portfolio_totals
-- How the grades and the bands of the score moved, over the whole portfolio.
select p.model, p.grade, p.then_grade, least(p.score / :width, 1000 / :width - 1) as band,
       least(p.then_score / :width, 1000 / :width - 1) as then_band, count(*) as subjects
from xinshu_portfolio(:member, :purpose, :now, :since) p
where (:model::text is null or p.model = :model)
  and (:division::text is null or p.division like :division || '%')
group by 1, 2, 3, 4, 5;

-- name: disputed$
-- Whether an objection of the subject is under way.
select exists (
    select from evaluation_objection where subject_id = :subject_id and state in ('received', 'in_review'));

-- name: same_objection$
-- An objection to the same thing under way.
select id from evaluation_objection
where subject_id = :subject_id and state in ('received', 'in_review') and about = :about
  and indicator is not distinct from :indicator and fact is not distinct from :fact::jsonb
limit 1;

-- name: insert_objection!
insert into evaluation_objection (
    id, subject_id, subject_code, model, version, as_of, score, grade, about, indicator, fact, text, state, entered_by,
    entered_by_name, entered_at, due
) values (
    :id, :subject_id, :subject_code, :model, :version, :as_of, :score, :grade, :about, :indicator, :fact, :text,
    'received', :by, :by_name, :now, :due
);

-- name: insert_objection_step!
insert into evaluation_objection_step (objection_id, event, state, actor, actor_name, at)
values (:id, :event, :state, :actor, :actor_name, :now);

-- name: objection^
select o.*, s.name as subject_name from evaluation_objection o join subject s on s.id = o.subject_id where o.id = :id;

-- name: objection_for_update^
select o.*, s.name as subject_name from evaluation_objection o join subject s on s.id = o.subject_id where o.id = :id
for update of o;

-- name: objections
-- What the caller may see; those under way first, by their clock.
select o.*, s.name as subject_name, count(*) over () as total
from evaluation_objection o join subject s on s.id = o.subject_id
where xinshu_permitted(:scopes::jsonb, null, null, null, o.subject_code, o.entered_by)
  and (:state::text is null or o.state = :state)
  and (:subject::text is null or o.subject_code = :subject)
  and (not :open::boolean or o.state in ('received', 'in_review'))
  and (not :overdue::boolean or (o.state in ('received', 'in_review') and o.due < :today))
  and (not :unseen::boolean or (o.state in ('upheld', 'partly', 'rejected') and o.seen_at is null))
order by o.state not in ('received', 'in_review'),
         case when o.state in ('received', 'in_review') then o.due end, o.entered_at desc, o.id
limit :size offset :skip;

-- name: objection_steps
select event, state, actor, actor_name, at from evaluation_objection_step where objection_id = :id order by id;

-- name: take_objection!
update evaluation_objection set state = 'in_review', reviewer = :reviewer, reviewer_name = :reviewer_name,
    taken_at = :now
where id = :id;

-- name: decide_objection!
update evaluation_objection set state = :state, reasons = :reasons, decided_at = :now where id = :id;

-- name: withdraw_objection!
update evaluation_objection set state = 'withdrawn', decided_at = :now where id = :id;

-- name: see_objection!
update evaluation_objection set seen_at = :now where id = :id and seen_at is null;

-- name: runners
-- Who ran the evaluations that an objection may be about: the last full run before it, and what came after.
select distinct principal from evaluation_run
where started_at <= :at and id >= coalesce(
    (select max(id) from evaluation_run where kind = 'full' and finished_at is not null and started_at <= :at), 0);

-- name: records_of_batch
-- Records of a subject that a batch brought.
select payload, provider from record
where subject_id = :subject_id and item = :item and batch_id = :batch
limit 1000;

-- name: insert_wrong_record!
insert into evaluation_wrong_record (objection_id, subject_id, item, provider, batch_id, about, what, named_at)
values (:objection, :subject_id, :item, :provider, :batch, :about, :what, :now);

-- name: wrong_records_of
select item, provider, batch_id as batch, about, what, named_at from evaluation_wrong_record
where objection_id = :id order by id;

-- name: wrong_records
-- Records named to providers, newest first, within what the caller may see.
select w.id, w.item, w.provider, w.batch_id as batch, w.about, w.what, w.named_at, s.code, s.name,
       count(*) over () as total
from evaluation_wrong_record w
join subject s on s.id = w.subject_id
left join member m on m.provider_code = w.provider
where xinshu_permitted(:scopes::jsonb, m.id, w.item, null, null, null)
order by w.id desc
limit :size offset :skip;

-- name: mark_subject!
-- To be evaluated again.
insert into evaluation_dirty (subject_id) values (:subject_id);

-- name: names_in_force
select id, document::jsonb #>> '{name,zh}' as name from evaluation_model where state = 'in_force';

-- name: known_by
-- Subjects of a range of whom something was known at the end of a day.
select distinct subject_id as id from record where subject_id >= :low and subject_id < :high and first_seen < :until;
