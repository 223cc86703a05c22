-- Accounts linked to persons at their organisation's OpenID Connect provider.

-- name: linked_account(issuer, subject)$
select id from account where oidc_issuer = :issuer and oidc_subject = :subject;

-- name: link_account(id, issuer, subject, now)!
update account set oidc_issuer = :issuer, oidc_subject = :subject, updated_at = :now where id = :id;
