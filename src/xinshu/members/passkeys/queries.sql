-- Passkeys of accounts.

-- name: passkeys_of(account_id)
select * from passkey where account_id = :account_id order by created_at, credential_id;

-- name: passkey_for_update(credential_id)^
-- Locked, so that of two uses at the same moment the second sees the count of the first.
select * from passkey where credential_id = :credential_id for update;

-- name: insert_passkey(credential_id, account_id, public_key, sign_count, transports, device, name, now)$
-- Null when the credential is registered, for whomever.
insert into passkey (credential_id, account_id, public_key, sign_count, transports, device, name, created_at)
values (:credential_id, :account_id, :public_key, :sign_count, :transports, :device, :name, :now)
on conflict do nothing returning credential_id;

-- name: use_passkey(credential_id, sign_count, now)!
update passkey set sign_count = :sign_count, used_at = :now where credential_id = :credential_id;

-- name: remove_passkey(credential_id, account_id)$
delete from passkey where credential_id = :credential_id and account_id = :account_id returning credential_id;
