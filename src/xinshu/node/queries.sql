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
select count(*) from pgqueuer;

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
