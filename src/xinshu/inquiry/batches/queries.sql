-- Batches of inquiries.

-- name: insert_batch^
-- No row when the member has used the key before.
insert into inquiry_batch (id, member_id, principal, state, purpose, items, reference, subjects, total,
                           idempotency_key, request, submitted_at)
values (:id, :member_id, :principal, 'waiting', :purpose, :items::text[], :reference, :subjects::text[],
        cardinality(:subjects::text[]), :key, :request, :now)
on conflict (member_id, idempotency_key) do nothing
returning *;

-- name: batch_by_key^
select * from inquiry_batch where member_id = :member_id and idempotency_key = :key;

-- name: batch^
select * from inquiry_batch where id = :id;

-- name: list_batches(scopes, state, before, size)
-- Newest first, of those members that the caller may see.
select * from inquiry_batch
where xinshu_permitted(:scopes::jsonb, member_id, null, null, null, null)
  and (:state::text is null or state = :state)
  and (:before::uuid is null
       or (submitted_at, id) < (select b.submitted_at, b.id from inquiry_batch b where b.id = :before))
order by submitted_at desc, id desc limit :size;

-- name: unfinished_batches
select id from inquiry_batch where finished_at is null order by submitted_at;

-- name: lock_batch$
-- One worker a batch; the lock falls with the connection.
select pg_try_advisory_lock(hashtextextended('xinshu.inquiry-batch/' || :id, 0));

-- name: unlock_batch$
select pg_advisory_unlock(hashtextextended('xinshu.inquiry-batch/' || :id, 0));

-- name: begin_batch^
-- Also one that was cancelled while nobody worked on it: its result is still to be written.
update inquiry_batch set state = case state when 'waiting' then 'running' else state end
where id = :id and finished_at is null
returning *;

-- name: advance_batch!
update inquiry_batch set done = :done, answered = answered + :answered where id = :id;

-- name: stop_batch!
update inquiry_batch set state = 'stopped', stopped_by = :code where id = :id and state in ('waiting', 'running');

-- name: cancel_batch^
update inquiry_batch set state = 'cancelled', stopped_by = :code where id = :id and state in ('waiting', 'running')
returning *;

-- name: cancel_of_member
-- Batches of a member that leaves.
update inquiry_batch set state = 'cancelled', stopped_by = :code
where member_id = :member_id and state in ('waiting', 'running')
returning id;

-- name: finish_batch!
update inquiry_batch set state = case state when 'running' then 'finished' else state end,
    finished_at = :now, kept_until = :kept_until
where id = :id and finished_at is null;

-- name: batch_state^
select state, stopped_by from inquiry_batch where id = :id;

-- name: evidenced(owner, keys)
-- Inquiries of a batch that were answered, by idempotency key.
select idempotency_key, id, leaf from inquiry
where coalesce(member_id, principal) = :owner and idempotency_key = any (:keys::text[]);

-- name: outlived(now)
-- Results whose time is over.
select id, total from inquiry_batch where removed_at is null and kept_until <= :now order by kept_until limit 100;

-- name: remove_result!
update inquiry_batch set removed_at = :now, subjects = '{}' where id = :id;
