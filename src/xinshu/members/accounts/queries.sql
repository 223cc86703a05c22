-- Accounts of persons, their factors, sessions, invitations and delegations.

-- name: account(id)^
select a.*, (select count(*) from passkey p where p.account_id = a.id) as passkeys from account a where a.id = :id;

-- name: account_for_update(id)^
select a.*, (select count(*) from passkey p where p.account_id = a.id) as passkeys
from account a where a.id = :id for update of a;

-- name: account_by_login(login)^
select a.*, (select count(*) from passkey p where p.account_id = a.id) as passkeys
from account a where a.login = :login and a.state <> 'closed';

-- name: list_accounts(scopes, own, member_id, state, size, skip)
-- Within what the caller may see, newest first; `own`: for persons of the member, whose former rounds are not theirs.
select a.*, (select count(*) from passkey p where p.account_id = a.id) as passkeys, count(*) over () as total
from account a
where xinshu_permitted(:scopes::jsonb, a.member_id, null, null, a.subject_code, 'account:' || a.id)
  and (not :own::boolean or a.state <> 'closed' or not exists (
      select from member_step s
      where s.member_id = a.member_id and s.to_state = 'applied' and s.at > a.created_at))
  and (:member_id::text is null or a.member_id = :member_id)
  and (:state::text is null or a.state = :state)
order by a.created_at desc, a.id limit :size offset :skip;

-- name: list_firm_accounts(scopes, subject_code, state, size, skip)
-- Of firms, oldest first: they wait to be verified.
select a.*, (select count(*) from passkey p where p.account_id = a.id) as passkeys, count(*) over () as total
from account a
where a.subject_code is not null
  and xinshu_permitted(:scopes::jsonb, null, null, null, a.subject_code, 'account:' || a.id)
  and (:subject_code::text is null or a.subject_code = :subject_code)
  and (:state::text is null or a.state = :state)
order by a.created_at, a.id limit :size offset :skip;

-- name: insert_account(id, login, name, member_id, subject_code, roles, state, person_sealed, citizen_index, password_hash, password_set_at, valid_to, created_by, now)$
-- Null when the login is taken.
insert into account (
    id, login, name, member_id, subject_code, roles, state, person_sealed, citizen_index, password_hash,
    password_set_at, valid_to, created_by, created_at, updated_at
) values (
    :id, :login, :name, :member_id, :subject_code, :roles, :state, :person_sealed, :citizen_index, :password_hash,
    :password_set_at, :valid_to, :created_by, :now, :now
) on conflict (login) where state <> 'closed' do nothing returning id;

-- name: member_kind(member_id)$
select kind from member where id = :member_id;

-- name: update_account(id, name, roles, person_sealed, valid_to, now)!
update account set name = :name, roles = :roles, person_sealed = :person_sealed, valid_to = :valid_to,
    updated_at = :now
where id = :id;

-- name: set_state(id, state, now)!
update account set state = :state, updated_at = :now where id = :id;

-- name: accounts_of_member(member_id)
-- Those not closed, of one member.
select id from account where member_id = :member_id and state <> 'closed' order by id for update;

-- name: dependants(id)
-- Accounts whose delegations, not ended, come from this one: their rights stand and fall with it.
select distinct account_id from delegation where granted_by = :id and ended_at is null;

-- name: other_administrators(id)$
-- Whether anybody but this account is, or ever was, an administrator of the platform who signed in.
select exists (
    select from account a join member m on m.id = a.member_id
    where m.kind = 'operator' and 'operator-admin' = any (a.roles) and a.id is distinct from :id::uuid
      and a.signed_in_at is not null
);

-- name: insert_proposal(id, verb, login, account_id, about, by, by_name, now)$
-- Null when the same is proposed already.
insert into account_proposal (id, verb, login, account_id, about, state, proposed_by, proposed_by_name, proposed_at)
values (:id, :verb, :login, :account_id, :about::jsonb, 'open', :by, :by_name, :now)
on conflict (login, verb) where state = 'open' do nothing returning id;

-- name: lapse_proposals(before)!
update account_proposal set state = 'lapsed' where state = 'open' and proposed_at < :before;

-- name: proposal(id)^
select * from account_proposal where id = :id;

-- name: proposal_for_update(id)^
select * from account_proposal where id = :id for update;

-- name: decide_proposal(id, state, by, by_name, now)!
update account_proposal set state = :state, decided_by = :by, decided_by_name = :by_name, decided_at = :now
where id = :id;

-- name: list_proposals(scopes, state, size, skip)
-- Within what the caller may see, newest first.
select p.*, count(*) over () as total from account_proposal p
where xinshu_permitted(:scopes::jsonb, p.about ->> 'member', null, null, null, 'account:' || p.account_id)
  and (:state::text is null or p.state = :state)
order by p.proposed_at desc, p.id limit :size offset :skip;

-- name: lock_attempts(id)!
-- Attempts on one account are counted one after another, so that those at the same moment cannot exceed the limit.
select from account where id = :id for update;

-- name: reserve_attempt(id, place, known, now, limit, most, locked_until)^
-- Counts an attempt before it is judged, at its place and for the account; no row when locked. The lock of the account
-- as a whole does not count at a place that is known.
with counted as (
    update account set failures = failures + 1,
        locked_until = case when (failures + 1) % :most::int = 0
                            then (:locked_until::timestamptz[])
                                 [least((failures + 1) / :most::int, cardinality(:locked_until::timestamptz[]))]
                            else locked_until end
    where id = :id and (:known or locked_until is null or locked_until <= :now)
      and not exists (select from sign_in_place p
                      where p.account_id = :id and p.place = :place and p.locked_until > :now)
    returning failures
)
insert into sign_in_place as here (account_id, place, failures, at)
select :id, :place, 1, :now from counted
on conflict (account_id, place) do update
set failures = here.failures + 1, at = :now,
    locked_until = case when (here.failures + 1) % :limit::int = 0
                        then (:locked_until::timestamptz[])
                             [least((here.failures + 1) / :limit::int, cardinality(:locked_until::timestamptz[]))]
                   end
returning failures, (select failures from counted) as total;

-- name: release_attempt(id, place, most)!
-- The password was right, but the second factor is still to come: neither a failure nor a success. A lock that this
-- attempt brought about falls with it.
with here as (
    update sign_in_place set failures = greatest(failures - 1, 0), locked_until = null
    where account_id = :id and place = :place
)
update account set failures = greatest(failures - 1, 0),
    locked_until = case when failures % :most::int > 0 then locked_until end
where id = :id;

-- name: forget_failures(id)!
with places as (delete from sign_in_place where account_id = :id)
update account set failures = 0, locked_until = null where id = :id;

-- name: forget_place(id, place)!
delete from sign_in_place where account_id = :id and place = :place;

-- name: forget_old_places(before)!
-- A few with each attempt.
delete from sign_in_place where (account_id, place) in (
    select account_id, place from sign_in_place
    where at < :before and (locked_until is null or locked_until < :before)
    order by at limit 10 for update skip locked
);

-- name: browser_is_known(account_id, digest)$
select exists (select from known_browser where account_id = :account_id and digest = :digest);

-- name: know_browser(account_id, digest, now)!
insert into known_browser (account_id, digest, seen_at) values (:account_id, :digest, :now)
on conflict (account_id, digest) do update set seen_at = excluded.seen_at;

-- name: forget_browsers(account_id, most, before)!
-- Those not seen for long, and the oldest beyond so many.
delete from known_browser k where account_id = :account_id and (seen_at < :before or digest not in (
    select digest from known_browser where account_id = :account_id order by seen_at desc limit :most));

-- name: signed_in(id, now)!
update account set failures = 0, locked_until = null, signed_in_at = :now where id = :id;

-- name: rehash(id, hash)!
-- The same password under today's parameters.
update account set password_hash = :hash where id = :id;

-- name: set_password(id, hash, now)!
with places as (delete from sign_in_place where account_id = :id)
update account set password_hash = :hash, password_set_at = :now, failures = 0, locked_until = null, updated_at = :now
where id = :id;

-- name: set_totp(id, sealed, step, now)!
update account set totp_sealed = :sealed, totp_step = :step, updated_at = :now where id = :id;

-- name: use_totp_step(id, sealed, step)$
-- A code serves once: of two uses at the same moment one gets a row. None of a secret that was replaced meanwhile.
update account set totp_step = :step
where id = :id and totp_sealed = :sealed and (totp_step is null or totp_step < :step)
returning id;

-- name: insert_recovery_code(account_id, digest)!
insert into recovery_code (account_id, digest) values (:account_id, :digest);

-- name: forget_recovery_codes(account_id)!
delete from recovery_code where account_id = :account_id;

-- name: use_recovery_code(account_id, digest, now)$
update recovery_code set used_at = :now where account_id = :account_id and digest = :digest and used_at is null
returning account_id;

-- name: recovery_codes_left(account_id)$
select count(*) from recovery_code where account_id = :account_id and used_at is null;

-- name: forget_factors(id, now)!
-- Everything that proves the person; the account is as newly invited.
with keys as (delete from passkey where account_id = :id),
    places as (delete from sign_in_place where account_id = :id),
    browsers as (delete from known_browser where account_id = :id),
    codes as (delete from recovery_code where account_id = :id)
update account set password_hash = null, password_set_at = null, totp_sealed = null, totp_step = null,
    oidc_issuer = null, oidc_subject = null, failures = 0, locked_until = null, updated_at = :now
where id = :id;

-- name: forget_challenges_of(account_id)!
delete from challenge where account_id = :account_id;

-- name: insert_session(digest, account_id, strength, now, expires_at, address, agent)!
insert into session (digest, account_id, strength, created_at, seen_at, expires_at, address, agent)
values (:digest, :account_id, :strength, :now, :now, :expires_at, :address, :agent);

-- name: session(digest)^
select * from session where digest = :digest;

-- name: touch_session(digest, now)$
update session set seen_at = :now where digest = :digest returning account_id;

-- name: end_session(digest)$
delete from session where digest = :digest returning account_id;

-- name: sessions_of(account_id, seen_after, now)
select * from session where account_id = :account_id and seen_at > :seen_after and expires_at > :now
order by seen_at desc;

-- name: end_session_named(account_id, name)$
-- By the name under which the person sees it.
delete from session where account_id = :account_id and encode(substring(digest for 16), 'hex') = :name
returning account_id;

-- name: end_sessions_of(account_id, but)$
-- All of an account, except one; how many.
with ended as (
    delete from session where account_id = :account_id and (:but::bytea is null or digest <> :but) returning 1
)
select count(*) from ended;

-- name: forget_sessions(seen_before)!
delete from session where seen_at <= :seen_before;

-- name: insert_invitation(digest, account_id, expires_at)!
insert into invitation (digest, account_id, expires_at) values (:digest, :account_id, :expires_at);

-- name: void_invitations(account_id)!
delete from invitation where account_id = :account_id and used_at is null;

-- name: invitation(digest, now)$
select account_id from invitation where digest = :digest and used_at is null and expires_at > :now;

-- name: use_invitation(digest, now)$
-- Whoever uses it first has it.
update invitation set used_at = :now where digest = :digest and used_at is null and expires_at > :now
returning account_id;

-- name: approve_account(id, roles, by, note, now)!
update account set state = 'active', roles = :roles, approved_by = :by, approved_at = :now, approval_note = :note,
    updated_at = :now
where id = :id;

-- name: refuse_account(id, by, note, now)!
update account set state = 'closed', approved_by = :by, approved_at = :now, approval_note = :note, updated_at = :now
where id = :id;

-- name: representatives(subject_code, role)
-- Those who represent the firm now, as far as this node knows.
select a.*, (select count(*) from passkey p where p.account_id = a.id) as passkeys
from account a
where a.subject_code = :subject_code and :role = any (a.roles) and a.state in ('active', 'suspended', 'invited')
order by a.created_at;

-- name: lock_firm(subject_code)!
-- Two approvals for one firm come one after the other.
select pg_advisory_xact_lock(hashtextextended('xinshu/firm/' || :subject_code, 0));

-- name: insert_delegation(subject_code, account_id, granted_by, scope, valid_from, valid_to, now)$
insert into delegation (subject_code, account_id, granted_by, scope, valid_from, valid_to, created_at)
values (:subject_code, :account_id, :granted_by, :scope, :valid_from, :valid_to, :now) returning id;

-- name: delegation(id)^
select * from delegation where id = :id;

-- name: end_delegation(id, by, now)$
update delegation set ended_at = :now, ended_by = :by where id = :id and ended_at is null returning account_id;

-- name: end_delegations_from(granted_by, by, now)
update delegation set ended_at = :now, ended_by = :by where granted_by = :granted_by and ended_at is null
returning account_id;

-- name: end_delegations_to(account_id, by, now)!
update delegation set ended_at = :now, ended_by = :by where account_id = :account_id and ended_at is null;

-- name: delegations_of(account_id, today)
-- Of one delegate, while those who granted them may act themselves.
select d.* from delegation d join account g on g.id = d.granted_by
where d.account_id = :account_id and d.ended_at is null and g.state = 'active' and g.subject_code = d.subject_code
  and (g.valid_to is null or g.valid_to >= :today)
order by d.valid_to;

-- name: list_delegations(scopes, subject_code, size, skip)
select d.*, a.name, a.login, a.state as account_state, count(*) over () as total
from delegation d join account a on a.id = d.account_id
where xinshu_permitted(:scopes::jsonb, null, null, null, d.subject_code, 'account:' || d.granted_by)
  and (:subject_code::text is null or d.subject_code = :subject_code)
order by d.id desc limit :size offset :skip;

-- name: lock_bootstrap()!
select pg_advisory_xact_lock(hashtextextended('xinshu/bootstrap', 0));

-- name: operator_exists()$
select exists (select from account a join member m on m.id = a.member_id where m.kind = 'operator');

-- name: bootstrap_token_used(digest)$
select exists (select from used_bootstrap_token where digest = :digest);

-- name: use_bootstrap_token(digest, account_id, now)!
insert into used_bootstrap_token (digest, account_id, used_at) values (:digest, :account_id, :now);

-- name: insert_operator(id, code, name, by, now)$
-- The operator's own member; null when the code is taken.
insert into member (id, code, name, kind, regions, state, state_since, created_by, created_at, updated_at)
values (:id, :code, :name, 'operator', '{""}', 'online', :now, :by, :now, :now)
on conflict do nothing returning id;

-- name: insert_operator_step(member_id, by, by_name, note, now)!
insert into member_step (member_id, from_state, to_state, actor, actor_name, at, note)
values (:member_id, null, 'online', :by, :by_name, :now, :note);
