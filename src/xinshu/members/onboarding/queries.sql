-- All reads and writes of onboarding, by name.

-- name: lock_tree()!
-- Writes that change who stands below whom, or how wide, wait for one another until their transactions end.
select pg_advisory_xact_lock(hashtextextended('xinshu.member.tree', 0));

-- name: insert_member(id, code, name, kind, level, parent_id, provider_code, licence_kind, licence_no, licence_valid_to, items, regions, contacts_sealed, created_by, now)$
-- A new member; nothing when it exists.
insert into member (id, code, name, kind, level, parent_id, provider_code, licence_kind, licence_no, licence_valid_to,
                    items, regions, contacts_sealed, state, state_since, created_by, created_at, updated_at)
values (:id, :code, :name, :kind, :level, :parent_id, :provider_code, :licence_kind, :licence_no, :licence_valid_to,
        :items, :regions, :contacts_sealed, 'applied', :now, :created_by, :now, :now)
on conflict (id) do nothing returning id;

-- name: begin_round(id, created_by, now)!
-- A member that was refused or has left applies anew.
update member set state = 'applied', state_since = :now, round = round + 1, created_by = :created_by,
                  updated_at = :now
where id = :id;

-- name: update_particulars(id, name, kind, level, parent_id, provider_code, licence_kind, licence_no, licence_valid_to, items, regions, now)!
update member set name = :name, kind = :kind, level = :level, parent_id = :parent_id, provider_code = :provider_code,
                  licence_kind = :licence_kind, licence_no = :licence_no, licence_valid_to = :licence_valid_to,
                  items = :items, regions = :regions, updated_at = :now
where id = :id;

-- name: update_contacts(id, contacts_sealed, now)!
update member set contacts_sealed = :contacts_sealed, updated_at = :now where id = :id;

-- name: update_state(id, state, now)!
update member set state = :state, state_since = :now, updated_at = :now where id = :id;

-- name: free_provider_code(id)!
-- Whoever was refused or has left no longer bears the code: another may take over its work.
update member set provider_code = null where id = :id;

-- name: lock_member(id)$
-- Steps of one member follow one another.
select id from member where id = :id for update;

-- name: get_member(id)^
select m.*, coalesce((select max(s.at) from member_step s where s.member_id = m.id and s.to_state = 'applied'),
                     m.created_at) as applied_at,
       exists (select from branch_confirmation c
               where c.member_id = m.id and c.parent_id = m.parent_id and c.round = m.round) as parent_confirmed
from member m where m.id = :id;

-- name: list_members(scopes, state, kind, parent_id, text, size, skip)
-- Newest application first, within what the caller may see.
select m.*, count(*) over () as total,
       coalesce((select max(s.at) from member_step s where s.member_id = m.id and s.to_state = 'applied'),
                m.created_at) as applied_at,
       exists (select from branch_confirmation c
               where c.member_id = m.id and c.parent_id = m.parent_id and c.round = m.round) as parent_confirmed
from member m
where xinshu_permitted(:scopes::jsonb, m.id, null, null, null, m.created_by)
  and (:state::text is null or m.state = :state)
  and (:kind::text is null or m.kind = :kind)
  and (:parent_id::text is null or m.parent_id = :parent_id)
  and (:text::text is null or strpos(m.name, :text) > 0 or starts_with(m.code, upper(:text)))
order by m.created_at desc, m.id limit :size offset :skip;

-- name: confirm_branch(member_id, parent_id, round, by, now)$
-- Null when it is confirmed already.
insert into branch_confirmation (member_id, parent_id, round, confirmed_by, confirmed_at)
values (:member_id, :parent_id, :round, :by, :now)
on conflict do nothing returning member_id;

-- name: branch_confirmed(member_id, parent_id, round)$
select exists (select from branch_confirmation
               where member_id = :member_id and parent_id = :parent_id and round = :round);

-- name: parent_proposed(member_id)$
-- The parent named by a change that waits.
select changes ->> 'parent_id' from member_change where member_id = :member_id and decided_at is null;

-- name: members_online()
select id from member where state = 'online' order by id;

-- name: insert_step(member_id, round, from_state, to_state, actor, actor_name, now, note, checks, documents, details)!
insert into member_step (member_id, round, from_state, to_state, actor, actor_name, at, note, checks, documents,
                         details)
values (:member_id, :round, :from_state, :to_state, :actor, :actor_name, :now, :note, :checks::jsonb, :documents,
        :details::jsonb);

-- name: list_steps(member_id, round)
-- Of one round, or of all, in order.
select * from member_step where member_id = :member_id and (:round::int is null or round = :round) order by id;

-- name: first_online(member_id, round)$
select min(at) from member_step where member_id = :member_id and round = :round and to_state = 'online';

-- name: insert_document(member_id, round, kind, name, sha256, bytes, path, dated, valid_to, uploaded_by, now)^
insert into member_document (member_id, round, kind, name, sha256, bytes, path, dated, valid_to, uploaded_by,
                             uploaded_at)
values (:member_id, :round, :kind, :name, :sha256, :bytes, :path, :dated, :valid_to, :uploaded_by, :now)
returning *;

-- name: count_documents(member_id, round)$
select count(*) from member_document where member_id = :member_id and round = :round;

-- name: get_document(member_id, document_id)^
select * from member_document where member_id = :member_id and id = :document_id;

-- name: set_outcome(document_id, outcome, by, now)^
-- Found once; a new check is a new document.
update member_document set outcome = :outcome, outcome_by = :by, outcome_at = :now
where id = :document_id and outcome is null returning *;

-- name: list_documents(member_id, round)
-- Newest first, of one round or of all.
select * from member_document where member_id = :member_id and (:round::int is null or round = :round) order by id desc;

-- name: insert_acceptance(member_id, round, agreement, version, text_sha256, by, now)^
-- Nothing when the version is accepted already.
insert into member_agreement (member_id, round, agreement, version, text_sha256, accepted_by, accepted_at)
values (:member_id, :round, :agreement, :version, :text_sha256, :by, :now)
on conflict (member_id, round, agreement, version) do nothing returning *;

-- name: countersign(member_id, round, agreement, version, by, now)^
-- Nothing when it is countersigned already.
update member_agreement set countersigned_by = :by, countersigned_at = :now
where member_id = :member_id and round = :round and agreement = :agreement and version = :version
  and countersigned_at is null
returning *;

-- name: list_acceptances(member_id, round)
select * from member_agreement where member_id = :member_id and round = :round order by id;

-- name: count_sandbox_call(member_id, action, ok, now)!
insert into sandbox_call (member_id, action, succeeded, failed, first_at, last_at, succeeded_at)
values (:member_id, :action, :ok::boolean::int, (not :ok::boolean)::int, :now::timestamptz, :now,
        case when :ok::boolean then :now end)
on conflict (member_id, action) do update set
    succeeded = sandbox_call.succeeded + excluded.succeeded,
    failed = sandbox_call.failed + excluded.failed,
    last_at = greatest(sandbox_call.last_at, excluded.last_at),
    succeeded_at = greatest(sandbox_call.succeeded_at, excluded.succeeded_at);

-- name: sandbox_calls(member_id)
select * from sandbox_call where member_id = :member_id order by action;

-- name: count_administrators(member_id, role, today)$
select count(*) from account
where member_id = :member_id and state = 'active' and :role::text = any (roles)
  and (valid_to is null or valid_to >= :today::date);

-- name: insert_change(member_id, changes, note, by, now)^
insert into member_change (member_id, changes, note, proposed_by, proposed_at)
values (:member_id, :changes::jsonb, :note, :by, :now)
on conflict (member_id) where decided_at is null do nothing returning *;

-- name: get_change(member_id, change_id)^
select * from member_change where member_id = :member_id and id = :change_id and decided_at is null;

-- name: decide_change(change_id, accepted, by, now)^
update member_change set accepted = :accepted, decided_by = :by, decided_at = :now
where id = :change_id and decided_at is null returning *;

-- name: drop_changes(member_id, by, now)!
-- Changes still waiting when a member is refused or leaves.
update member_change set accepted = false, decided_by = :by, decided_at = :now
where member_id = :member_id and decided_at is null;

-- name: list_changes(member_id, since, size, skip)
-- Newest first; `since` null: of all rounds.
select *, count(*) over () as total from member_change
where member_id = :member_id and (:since::timestamptz is null or proposed_at >= :since)
order by id desc limit :size offset :skip;

-- name: next_certificate()$
select nextval('member_certificate_serial');

-- name: insert_certificate(number, member_id, round, certificate, now)!
insert into member_certificate (number, member_id, round, certificate, issued_at)
values (:number, :member_id, :round, :certificate, :now);

-- name: newest_certificate(member_id, round)$
-- Of one round, or of all.
select certificate from member_certificate
where member_id = :member_id and (:round::int is null or round = :round) order by round desc limit 1;

-- name: lapse_announced(member_id, condition, until)$
-- Whether the notice of this lapse is in the log.
select exists (
    select 1 from access_event
    where member_id = :member_id and kind = 'member' and code = 'lapse_ahead'
      and details @> jsonb_build_object('condition', :condition::text, 'until', :until::text));
