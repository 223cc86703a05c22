-- Reads of `record` here serve two things that show no fact to anybody: which facts stand in a report, so that one
-- repaired since is noticed; and how the subject was registered on a day, as the subject base shows it to all.

-- name: subject_of^
-- By unified code or platform number; else by the only subject that has the old number.
select id, code, old_number, name, kind from subject
where code = :code
union all
select id, code, old_number, name, kind from subject
where old_number = :code and (select count(*) from subject o where o.old_number = :code) = 1
limit 1;

-- name: registered(subject_id, items, until, day)
-- What the registry said at the end of a day.
select r.item, r.payload from record r
where r.subject_id = :subject_id and r.item = any (:items::text[])
  and r.first_seen < :until and (r.known_to is null or r.known_to >= :until)
  and (r.valid_from is null or r.valid_from <= :day) and r.state not in ('repaired', 'withdrawn')
order by r.item, r.key, r.version;

-- name: facts_on(subject_id, items, until, day)
-- The facts that an inquiry as of a day reads (`inquiry.queries.holdings_as_of`).
select r.item, r.key, r.version, r.state = 'disputed' as disputed from record r
where r.subject_id = :subject_id and r.item = any (:items::text[])
  and r.first_seen < :until and (r.known_to is null or r.known_to >= :until)
  and (r.valid_from is null or r.valid_from <= :day) and (r.valid_to is null or r.valid_to >= :day)
  and r.state not in ('repaired', 'withdrawn');

-- name: outdated(number, registries)$
-- Whether a fact of a report was repaired, withdrawn or removed since, is disputed now, or was replaced by one with
-- other content (and not merely ended; registers, whose every change replaces the row, aside).
select exists (
    select from report p
    cross join lateral unnest(p.fact_items, p.fact_keys, p.fact_versions, p.fact_disputed)
        as f (item, key, version, disputed)
    left join record r on r.subject_id = p.subject_id and r.item = f.item and r.key = f.key and r.version = f.version
    left join record n on n.subject_id = p.subject_id and n.item = f.item and n.key = f.key
        and n.version = f.version + 1
    where p.number = :number and (
        r.state is null or r.state in ('repaired', 'withdrawn') or (r.state = 'disputed' and not f.disputed)
        or (n.state is not null and r.known_to > p.at and f.item <> all (:registries::text[])
            and n.valid_to is not distinct from r.valid_to)));

-- name: insert_document!
insert into report_document (number, sealed, at, expires_at) values (:number, :sealed, :at, :expires_at);

-- name: forget_document!
delete from report_document where number = :number;

-- name: remove_expired$
-- Documents whose time is over, and those of an issue that was cut short more than an hour ago.
with gone as (
    delete from report_document d
    where d.expires_at <= :now
       or (d.at < :abandoned and not exists (select from report p where p.number = d.number))
    returning 1)
select count(*) from gone;

-- name: document^
select sealed from report_document where number = :number;

-- name: report^
select * from report where number = :number;

-- name: by_check_code^
select * from report where check_code = :check_code;

-- name: by_digest^
-- The report of which a file is a copy.
select p.* from report p
where p.digest = :digest
union all
select p.* from report_file f join report p on p.number = f.number
where f.digest = :digest
limit 1;

-- name: by_key^
select * from report where coalesce(member_id, principal) = :owner and idempotency_key = :key;

-- name: by_leaf^
select * from report where leaf = :leaf;

-- name: known_keys(owners, keys)
select coalesce(p.member_id, p.principal) as owner, p.idempotency_key, p.leaf
from unnest(:owners::text[], :keys::text[]) as k (owner, name)
join report p on coalesce(p.member_id, p.principal) = k.owner and p.idempotency_key = k.name;

-- name: list_reports(scopes, subject, member_id, variant, since, until, before, size)
-- Newest first, within what the caller may see; every filter may be null.
select p.*, (select s.name from subject s where s.id = p.subject_id) as subject_name
from report p
where xinshu_permitted(:scopes::jsonb, p.member_id, null, null, p.subject_code, p.principal)
  and (:subject::text is null or p.subject_code = :subject)
  and (:member_id::text is null or p.member_id = :member_id)
  and (:variant::text is null or p.variant = :variant)
  and (:since::timestamptz is null or p.at >= :since)
  and (:until::timestamptz is null or p.at < :until)
  and (:before::bigint is null or p.leaf < :before)
order by p.leaf desc limit :size;

-- name: subject_name$
select name from subject where id = :subject_id;

-- name: insert_file!
insert into report_file (number, digest, format, lang, at, leaf)
values (:number, :digest, :format, :lang, :at, :leaf)
on conflict do nothing;

-- name: told(numbers)
-- For the audit.
select number, leaf, at, principal, member_id, subject_code, variant, purpose, as_of, since, inquiry, digest,
       content_digest, grade, reference, idempotency_key, request
from report where number = any (:numbers::text[]);

-- name: count_reports$
select count(*) from report;

-- name: insert_feedback!
insert into report_feedback (id, number, at, principal, member_id, subject_code, kind, item, row_no, provider, batch_id,
                             text)
values (:id, :number, :at, :principal, :member_id, :subject_code, :kind, :item, :row_no, :provider, :batch_id, :text);

-- name: feedback_of(number)
select * from report_feedback where number = :number order by at, id;

-- name: feedback^
select * from report_feedback where id = :id;

-- name: answer_feedback$
update report_feedback set answer = :answer, answered_by = :by, answered_for = :answered_for, answered_at = :now
where id = :id and answer is null
returning true;

-- name: list_feedback(scopes, provider, item, kind, opened, before, size)
-- For those who answer: of their items, and where a fact is named, of their facts. `opened`: not answered yet.
select * from report_feedback f
where xinshu_permitted(:scopes::jsonb, null, f.item, null, null, null)
  and (:provider::text is null or f.provider is null or f.provider = :provider)
  and (:item::text is null or f.item = :item)
  and (:kind::text is null or f.kind = :kind)
  and (not :opened::boolean or f.answer is null)
  and (:before::timestamptz is null or f.at < :before)
order by f.at desc, f.id limit :size;

-- name: feedback_counts
select coalesce(item, '') as item, kind, count(*) as told, count(answer) as answered
from report_feedback group by 1, 2 order by 1, 2;

-- name: variant_counts
select variant, reader_kind, count(*) as reports from report group by 1, 2 order by 1, 2;

-- name: subjects_counted$
select count(*) from subject;

-- name: held_by_item
-- Of how many subjects each item is known, and when the latest came in.
select item, count(*) as subjects, max(updated_at) as latest from holding where rows > 0 group by item;
