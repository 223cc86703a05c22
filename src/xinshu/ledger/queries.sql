-- The log of evidence. Only `Log` writes; every write holds the row of `log_head`.

-- name: create_head!
insert into log_head (one, suite, origin, size, roots, key_id) values (true, :suite, :origin, 0, '{}', :key_id)
on conflict (one) do nothing;

-- name: head^
select suite, origin, size, roots, key_id from log_head;

-- name: lock_head^
select suite, origin, size, roots, key_id from log_head for update;

-- name: take_waiting
-- Entries written with the change that they are about, in order.
delete from waiting_leaf where id in (select id from waiting_leaf order by id limit :size for update skip locked)
returning id, kind, at, principal, member_id, subject, about;

-- name: add_waiting!
insert into waiting_leaf (kind, at, principal, member_id, subject, about)
values (:kind, :at, :principal, :member_id, :subject, :about);

-- name: count_waiting$
select count(*) from waiting_leaf;

-- name: leaf_hashes
select hash from leaf where index >= :start and index < :stop order by index;

-- name: node_hashes
select hash from log_node where height = :height and index >= :start and index < :stop order by index;

-- name: leaf^
select index, at, kind, principal, member_id, subject, content, hash from leaf where index = :index;

-- name: leaves
-- A page of the log within what the caller may see; every filter may be null. Newest first.
select index, at, kind, principal, member_id, subject, content, hash from leaf
where xinshu_permitted(:scopes::jsonb, member_id, null, null, subject, principal)
  and (:kinds::text[] is null or kind = any (:kinds::text[]))
  and (:subject::text is null or subject = :subject)
  and (:member_id::text is null or member_id = :member_id)
  and (:principal::text is null or principal = :principal)
  and (:before::bigint is null or index < :before)
order by index desc limit :size;

-- name: insert_checkpoint!
insert into checkpoint (size, root, at, note) values (:size, :root, :at, :note) on conflict (size) do nothing;

-- name: newest_checkpoint^
select size, root, at, note from checkpoint order by size desc limit 1;

-- name: newest_checkpoints
select size, root, at, note from checkpoint where :before::bigint is null or size < :before
order by size desc limit :page;

-- name: checkpoint_at_least^
-- The first checkpoint that covers a leaf.
select size, root, at, note from checkpoint where size > :index order by size limit 1;

-- name: checkpoints
select size, root, at, note from checkpoint where size > :after order by size limit :page;

-- name: all_leaves
-- In order, for the audit.
select index, at, kind, principal, member_id, subject, content, hash from leaf
where index >= :start order by index limit :page;

-- name: all_waiting
-- What is not in the log yet, for the audit.
select kind, at, principal, member_id, subject, about from waiting_leaf order by id;

-- name: all_nodes
select height, index, hash from log_node order by height, index;

-- name: log_key^
select id, suite, public_pem, private_sealed from log_key where id = :id;

-- name: insert_log_key!
insert into log_key (id, suite, public_pem, private_sealed, created_at)
values (:id, :suite, :public_pem, :private_sealed, :now);
