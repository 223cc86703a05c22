-- name: states_of_rows(batch_id)
-- How many rows set aside are in which state.
select state, count(*) as rows from quarantine where batch_id = :batch_id group by state;

-- name: rows(batch_id, only_open, page_size, skip)
-- Rows set aside, in their order.
select row_no, original, reasons, candidates, state, fixed_by, source_row from quarantine
where batch_id = :batch_id and (not :only_open::boolean or state = 'quarantined')
order by row_no
limit :page_size offset :skip;

-- name: attempts(batch_id, row_nos)
-- Of rows that came back with a correction and were set aside again: the latest time.
select distinct on (q.source_row) q.source_row, q.row_no, q.batch_id, q.original, q.reasons, b.header
from batch b join quarantine q on q.batch_id = b.id
where b.correction_of = :batch_id and q.source_row = any (:row_nos::bigint[]) and q.state = 'quarantined'
order by q.source_row, q.batch_id desc;

-- name: corrections(batch_id)
-- The batches that mend it, newest first.
select id, state, received_at, (counts ->> 'read')::bigint as read, (counts ->> 'accepted')::bigint as accepted
from batch where correction_of = :batch_id order by id desc limit 20;
