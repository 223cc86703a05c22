-- name: batches_by_state
select state, count(*) as batches from batch group by state;

-- name: rows_by_verdict
-- Sums over all published batches.
select v.verdict, coalesce(sum((b.counts ->> v.verdict)::bigint), 0)::bigint as rows
from (values ('read'), ('accepted'), ('quarantined'), ('new'), ('changed'), ('unchanged'), ('closed')) as v (verdict)
left join batch b on b.state in ('published', 'feedback_sent')
group by v.verdict;

-- name: subjects_estimated$
-- The planner's figure: an exact count would read a million rows at each scrape.
select greatest(reltuples, 0)::bigint from pg_class where oid = 'subject'::regclass;

-- name: subjects_counted$
-- For a sandbox, which is small.
select count(*) from subject;

-- name: jobs_waiting$
select count(*) from pgqueuer where status <> 'failed';

-- name: members_by_state
select kind, state, count(*) as members from member group by kind, state;

-- name: access_since
-- Sign-ins and refusals since a moment, of all processes.
select kind, code, count(*) as events from access_event where at >= :since and kind in ('sign_in', 'refused')
group by kind, code;

-- name: leaves_counted^
-- The log's size, and the entries written with a change that are not in it yet.
select (select size from log_head) as size, (select count(*) from waiting_leaf) as waiting;

-- name: inquiries_estimated$
-- The planner's figure, as for subjects.
select greatest(reltuples, 0)::bigint from pg_class where oid = 'inquiry'::regclass;

-- name: health_of_database^
select current_setting('server_version') as version, pg_database_size(current_database()) as bytes,
       (select count(*) from pg_stat_activity where backend_type = 'client backend')::integer as connections,
       current_setting('max_connections')::integer as most;

-- name: health_of_ledger^
-- The log, its newest checkpoint, and what waits to come into it.
select coalesce((select size from log_head), 0) as size, c.size as signed, c.at as signed_at,
       (select min(at) from leaf where index = coalesce(c.size, 0)) as unsigned_since, w.waiting, w.waiting_since
from (select count(*) as waiting, min(at) as waiting_since from waiting_leaf) w
left join lateral (select size, at from checkpoint order by size desc limit 1) c on true;

-- name: health_of_batches^
-- Batches that a person has to decide on.
select count(*) as held, min(updated_at) as since from batch where state = 'held';

-- name: health_of_push^
-- What could not be delivered, and since when the oldest event has been tried.
select count(*) filter (where state = 'dead') as dead, count(*) filter (where state = 'waiting') as waiting,
       min(queued_at) filter (where state = 'waiting') as since
from push_event where state in ('dead', 'waiting');

-- name: last_publications
-- When each provider last had a batch of each item published.
select provider, item, max(published_at) as at from batch
where state in ('published', 'feedback_sent') group by provider, item;

-- name: providers_online
select provider_code as provider, name from member where state = 'online' and provider_code is not null;

-- name: evaluations_by_grade
-- From the index by model and grade.
select model, grade, count(*) as subjects from evaluation_result group by model, grade;

-- name: objections_open^
-- Objections to evaluations under way, and of them those whose clock has run out.
select count(*) filter (where due >= :today) as running, count(*) filter (where due < :today) as overdue
from evaluation_objection where state in ('received', 'in_review');

-- name: last_full_evaluation$
select max(finished_at) from evaluation_run where kind = 'full';

-- name: module_subjects
-- From the index by module and degree.
select module, degree, count(*) as subjects from module_membership group by module, degree;
