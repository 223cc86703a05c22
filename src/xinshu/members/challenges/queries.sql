-- What was asked of a browser.

-- name: insert_challenge(digest, kind, account_id, payload, expires_at)!
insert into challenge (digest, kind, account_id, payload, expires_at)
values (:digest, :kind, :account_id, :payload::jsonb, :expires_at);

-- name: take_challenge(digest, kind)^
-- Whoever takes it first has it; it never serves again.
delete from challenge where digest = :digest and kind = :kind returning account_id, payload, expires_at;

-- name: forget_challenges(before)!
delete from challenge where expires_at < :before;
