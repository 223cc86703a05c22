-- Client systems, their keys, assertions used, and the keys with which tokens are signed.

-- name: insert_client(id, member_id, name, roles, sandbox, networks, certificate_bound, certificates, created_by, at)!
insert into client (id, member_id, name, roles, sandbox, networks, certificate_bound, certificates, state, created_by,
                    created_at)
values (:id, :member_id, :name, :roles::text[], :sandbox, :networks::text[], :certificate_bound,
        :certificates::text[], 'active', :created_by, :at);

-- name: find_client(id)^
select id, member_id, name, roles, sandbox, networks, certificate_bound, certificates, state, created_by, created_at,
       closed_at
from client where id = :id;

-- name: lock_client(id)^
-- Whoever changes a client or its keys holds its row, so that two at once cannot add a third key.
select id, member_id, name, roles, sandbox, networks, certificate_bound, certificates, state, created_by, created_at,
       closed_at
from client where id = :id for update;

-- name: list_clients(scopes, own, member_id, state, size, skip)
-- Newest first, within what the caller may see; `own`: for persons of the member, whose former rounds are not theirs.
select id, member_id, name, roles, sandbox, networks, certificate_bound, certificates, state, created_by, created_at,
       closed_at, count(*) over () as total
from client
where xinshu_permitted(:scopes::jsonb, member_id, null, null, null, 'client:' || id)
  and (not :own::boolean or state <> 'closed' or not exists (
      select from member_step s
      where s.member_id = client.member_id and s.to_state = 'applied' and s.at > client.created_at))
  and (:member_id::text is null or member_id = :member_id)
  and (:state::text is null or state = :state)
order by created_at desc, id limit :size offset :skip;

-- name: update_client(id, name, networks, certificate_bound, certificates)!
update client
set name = :name, networks = :networks::text[], certificate_bound = :certificate_bound,
    certificates = :certificates::text[]
where id = :id;

-- name: close_client(id, at)!
update client set state = 'closed', closed_at = :at where id = :id;

-- name: active_clients_of(member_id)
select id from client where member_id = :member_id and state = 'active' order by id for update;

-- name: list_keys(client_id)
-- Those in force first, then the newest.
select kid, jwk, thumbprint, created_by, created_at, expires_at, revoked_at, revoked_by
from client_key where client_id = :client_id
order by revoked_at is not null, expires_at desc, kid;

-- name: find_key(client_id, kid)^
select kid, jwk, thumbprint, created_by, created_at, expires_at, revoked_at, revoked_by
from client_key where client_id = :client_id and kid = :kid;

-- name: owner_of_key(member_id, thumbprint)$
-- The client of the member that has this key, or had it.
select client_key.client_id
from client_key join client on client.id = client_key.client_id
where client_key.thumbprint = :thumbprint and client.member_id = :member_id
limit 1;

-- name: insert_key(client_id, kid, jwk, thumbprint, created_by, at, expires_at)!
insert into client_key (client_id, kid, jwk, thumbprint, created_by, created_at, expires_at)
values (:client_id, :kid, :jwk::jsonb, :thumbprint, :created_by, :at, :expires_at);

-- name: revoke_key(client_id, kid, by, at)$
update client_key set revoked_at = :at, revoked_by = :by
where client_id = :client_id and kid = :kid and revoked_at is null
returning kid;

-- name: revoke_keys(client_id, by, at)
update client_key set revoked_at = :at, revoked_by = :by
where client_id = :client_id and revoked_at is null
returning kid;

-- name: use_assertion(digest, expires_at)$
-- Null when it was used before; of two at once one waits for the other's outcome.
insert into used_assertion (digest, expires_at) values (:digest, :expires_at)
on conflict (digest) do nothing
returning true;

-- name: forget_assertions(at)!
-- A few with each use: the table holds no more than some minutes' assertions.
delete from used_assertion
where digest in (
    select digest from used_assertion where expires_at < :at order by expires_at limit 10 for update skip locked
);

-- name: current_token_key()^
select kid, private_sealed from token_key where retired_at is null;

-- name: accepted_token_keys(at)
select kid, public_jwk, accepted_until from token_key
where retired_at is null or accepted_until > :at
order by retired_at desc nulls first;

-- name: insert_token_key(kid, public_jwk, private_sealed, at)$
-- Null when another process was quicker: there is one current key.
insert into token_key (kid, public_jwk, private_sealed, created_at)
values (:kid, :public_jwk::jsonb, :private_sealed, :at)
on conflict ((true)) where retired_at is null do nothing
returning kid;

-- name: retire_token_keys(at, accepted_until)
-- The private part is destroyed.
update token_key set retired_at = :at, accepted_until = :accepted_until, private_sealed = null
where retired_at is null
returning kid;

-- name: distrust_token_keys(at)!
-- After a leak: what retired keys have signed counts no more.
update token_key set accepted_until = :at where retired_at is not null and accepted_until > :at;
