-- Authorisations.

-- name: readable(reader, member, purpose, at, subjects, items)
-- The rule of the gate over many subjects and items.
select subject, item, allowed, code, consent, kept_back
from xinshu_readable(:reader, :member, :purpose, :at, :subjects::text[], :items::jsonb);

-- name: in_force(subject_code, grantee)
-- All that a member ever got from a subject, drafts aside: ended ones tell why a question is refused.
select id, subject_code, grantee, purpose, state, valid_from, valid_to, items, personal, months_back, since, max_calls,
       used, times, per, period, period_used, answer_by
from consent where subject_code = :subject_code and grantee = :grantee and state <> 'draft';

-- name: take_use(id, now)^
-- One call of a counted authorisation, if there is one left: of many at once exactly as many get a row as are left.
update consent set
    used = used + 1,
    period = xinshu_consent_period(per, :now),
    period_used = case when period = xinshu_consent_period(per, :now) then period_used + 1 else 1 end,
    state = case when used + 1 >= max_calls then 'exhausted' else state end,
    state_since = case when used + 1 >= max_calls then :now else state_since end
where id = :id and state = 'active' and valid_from <= :now and :now < valid_to
  and (max_calls is null or used < max_calls)
  and (times is null or times > case when period = xinshu_consent_period(per, :now) then period_used else 0 end)
returning state, used, revision, subject_code, grantee, encode(digest, 'hex') as digest;

-- name: give_back_use(id, now)^
-- Undo `take_use` for a question that was not answered; an authorisation exhausted by it is in force again.
with before as (select id, state from consent where id = :id for update)
update consent c set
    used = c.used - 1,
    period_used = case when c.period = xinshu_consent_period(c.per, :now) then greatest(c.period_used - 1, 0)
                       else c.period_used end,
    state = case when c.state = 'exhausted' then 'active' else c.state end,
    state_since = case when c.state = 'exhausted' then :now else c.state_since end
from before b
where c.id = b.id and c.used > 0
returning b.state, c.used, c.revision, c.subject_code, c.grantee, encode(c.digest, 'hex') as digest;

-- name: subject_name(code)$
select name from subject where code = :code;

-- name: insert_consent(id, subject_code, grantee, purpose, state, valid_from, valid_to, items, personal, months_back, since, max_calls, times, per, answer_by, digest, by, now)!
insert into consent (
    id, subject_code, grantee, purpose, state, state_since, valid_from, valid_to, items, personal, months_back, since,
    max_calls, times, per, answer_by, revision, digest, requested_by, requested_at, updated_at
) values (
    :id, :subject_code, :grantee, :purpose, :state, :now, :valid_from, :valid_to, :items, :personal, :months_back,
    :since, :max_calls, :times, :per, :answer_by, 1, :digest, :by, :now, :now
);

-- name: insert_artefact(id, revision, content, suite, digest, by, now)!
insert into consent_artefact (consent_id, revision, content, suite, digest, made_by, made_at)
values (:id, :revision, :content, :suite, :digest, :by, :now);

-- name: set_artefact(id, revision, digest, valid_from, valid_to, items, personal, months_back, since, max_calls, times, per, now)!
-- The row repeats what the new artefact says.
update consent set revision = :revision, digest = :digest, valid_from = :valid_from, valid_to = :valid_to,
    items = :items, personal = :personal, months_back = :months_back, since = :since, max_calls = :max_calls,
    times = :times, per = :per, updated_at = :now
where id = :id;

-- name: consent(id)^
select c.*, a.content, a.suite from consent c
join consent_artefact a on a.consent_id = c.id and a.revision = c.revision
where c.id = :id;

-- name: consent_for_update(id)^
select c.*, a.content, a.suite from consent c
join consent_artefact a on a.consent_id = c.id and a.revision = c.revision
where c.id = :id for update of c;

-- name: first_artefact(id)$
-- What was asked for, before anything was taken away.
select content from consent_artefact where consent_id = :id and revision = 1;

-- name: list_consents(scopes, drafts_of, subject_code, grantee, purpose, shown, waits, ending_before, sort, now, size, skip)
-- What the caller may see, newest first, or with `sort` 'ending' by when it must be answered or ends; `shown`: any of
-- these states; `waits`: signed by hand ('paper') or before a witness ('signer') and not confirmed yet; with
-- `ending_before`, those in force or paused that end before it. Drafts are seen by the member that writes them.
select c.*, a.content, a.suite, count(*) over () as total from consent c
join consent_artefact a on a.consent_id = c.id and a.revision = c.revision
where xinshu_permitted(:scopes::jsonb, c.grantee, null, null, c.subject_code, c.requested_by)
  and (c.state <> 'draft' or c.grantee = any (:drafts_of::text[]))
  and (:subject_code::text is null or c.subject_code = :subject_code)
  and (:grantee::text is null or c.grantee = :grantee)
  and (:purpose::text is null or c.purpose = :purpose)
  and (:shown::text[] is null or case
        when c.state in ('draft', 'pending') and least(c.valid_to, c.answer_by) <= :now then 'expired'
        when c.state in ('active', 'paused') and c.valid_to <= :now then 'expired'
        else c.state end = any (:shown::text[]))
  and (:waits::text is null or c.state = 'pending' and exists (
        select from consent_signature s where s.consent_id = c.id and s.part = :waits))
  and (:ending_before::timestamptz is null
       or (c.state in ('active', 'paused') and c.valid_to > :now and c.valid_to <= :ending_before))
order by case when :sort = 'ending' then
             case when c.state in ('draft', 'pending') then least(c.valid_to, c.answer_by) else c.valid_to end end,
         c.updated_at desc, c.id
limit :size offset :skip;

-- name: to_revoke(subject_code, grantee)
-- What a firm withdraws at once: of one grantee, or all.
select c.*, a.content, a.suite from consent c
join consent_artefact a on a.consent_id = c.id and a.revision = c.revision
where c.subject_code = :subject_code and (:grantee::text is null or c.grantee = :grantee)
  and c.state in ('active', 'paused')
order by c.id for update of c;

-- name: of_member(grantee)
-- What ends when a member leaves.
select c.*, a.content, a.suite from consent c
join consent_artefact a on a.consent_id = c.id and a.revision = c.revision
where c.grantee = :grantee and c.state in ('draft', 'pending', 'active', 'paused')
order by c.id for update of c;

-- name: set_state(id, state, now)!
update consent set state = :state, state_since = :now, updated_at = :now where id = :id;

-- name: withdraw_personal(id, now)!
update consent set personal = '{}', updated_at = :now where id = :id;

-- name: set_signed(id, method, by, now)!
update consent set method = :method, signed_by = :by, signed_at = :now, updated_at = :now where id = :id;

-- name: insert_step(id, event, from_state, to_state, revision, actor, actor_name, details, now)!
insert into consent_step (consent_id, event, from_state, to_state, revision, actor, actor_name, at, details)
values (:id, :event, :from_state, :to_state, :revision, :actor, :actor_name, :now, :details);

-- name: steps(id)
select * from consent_step where consent_id = :id order by id;

-- name: insert_signature(id, revision, part, method, principal, capacity, evidence, now)!
insert into consent_signature (consent_id, revision, part, method, principal, capacity, evidence, at)
values (:id, :revision, :part, :method, :principal, :capacity, :evidence, :now);

-- name: signatures(id)
select * from consent_signature where consent_id = :id order by id;

-- name: grantees(subject_code, now)
-- Who asked a firm or holds something of it.
select c.grantee, m.name as grantee_name,
    count(*) filter (where c.state = 'active' and c.valid_to > :now) as in_force,
    count(*) filter (where c.state = 'paused' and c.valid_to > :now) as paused,
    count(*) filter (where c.state = 'pending' and least(c.answer_by, c.valid_to) > :now) as pending,
    count(*) filter (where c.state in ('revoked', 'exhausted', 'rejected')
                     or (c.state in ('active', 'paused') and c.valid_to <= :now)
                     or (c.state = 'pending' and least(c.answer_by, c.valid_to) <= :now)) as ended
from consent c join member m on m.id = c.grantee
where c.subject_code = :subject_code and c.state <> 'draft'
group by c.grantee, m.name order by m.name, c.grantee;
