-- name: lock_keys!
-- One process at a time makes or changes the key.
lock table report_key in share row exclusive mode;

-- name: report_keys
-- The newest first; of a key that is configured, only the certificates are kept.
select id, certificates, private_sealed, created_at from report_key order by created_at desc, id;

-- name: insert_key!
insert into report_key (id, certificates, private_sealed, created_at)
values (:id, :certificates, :private_sealed, :now)
on conflict (id) do nothing;
