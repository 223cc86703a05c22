-- The queue as operators see it. Its tables belong to pgqueuer, which keeps a job that failed until somebody decides.

-- name: list_jobs(state, task, size, skip)
-- Running first, then failed, then waiting in the order in which they are due. `fault`: of the last attempt.
select j.id, j.entrypoint as task, j.status::text as status, j.payload, j.attempts, j.created as created_at,
       j.updated as updated_at, j.execute_after as due_at, j.execute_after > now() as put_off,
       j.status = 'picked' and j.heartbeat < now() - interval '2 minutes' as abandoned,
       l.traceback as fault, l.created as fault_at, count(*) over () as total
from pgqueuer j
left join lateral (
    select traceback, created from pgqueuer_log
    where job_id = j.id and traceback is not null order by created desc, id desc limit 1
) l on true
where (:state::text is null or j.status::text = :state) and (:task::text is null or j.entrypoint = :task)
order by case j.status when 'picked' then 0 when 'failed' then 1 else 2 end, j.execute_after, j.id
limit :size offset :skip;

-- name: count_jobs
select status::text as status, count(*) as jobs from pgqueuer group by status;

-- name: job_status(id)^
select status::text as status from pgqueuer where id = :id;

-- name: give_up(id)^
-- A job that waits or has failed; one that runs cannot be taken from its worker.
delete from pgqueuer where id = :id and status in ('queued', 'failed') returning id, entrypoint as task, priority;

-- name: log_given_up(id, priority, task)!
insert into pgqueuer_log (job_id, status, priority, entrypoint) values (:id, 'canceled', :priority, :task);

-- name: try_again(id)^
-- A job that has failed; no row when it has not.
update pgqueuer set status = 'queued', execute_after = now(), updated = now(), attempts = 0, queue_manager_id = null
where id = :id and status = 'failed' returning id, entrypoint as task, priority;

-- name: log_tried_again(id, priority, task)!
insert into pgqueuer_log (job_id, status, priority, entrypoint) values (:id, 'queued', :priority, :task);

-- name: forget_failed(key)!
-- What is asked for again stands for the one that failed before.
delete from pgqueuer where dedupe_key = :key and status = 'failed';

-- name: how_it_goes^
-- Ages in seconds, by the database's own clock.
select count(*) filter (where status = 'queued') as waiting,
       count(*) filter (where status = 'picked') as running,
       count(*) filter (where status = 'failed') as failed,
       count(*) filter (where status = 'picked' and heartbeat < now() - interval '2 minutes') as abandoned,
       coalesce(extract(epoch from now() - min(execute_after) filter (where status = 'queued' and execute_after <= now())),
                0)::bigint as overdue
from pgqueuer;
