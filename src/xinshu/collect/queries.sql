-- name: insert_batch^
-- A batch as received; nothing where the same file is already there.
insert into batch (provider, item, item_version, batch_no, mode, channel, mapping, platform, state, file_name,
                   file_sha256, file_bytes, raw_path, correction_of, received_at, updated_at, member_id, regions,
                   submitted_by)
values (:provider, :item, :item_version, :batch_no, :mode, :channel, :mapping, :platform, 'received', :file_name,
        :file_sha256, :file_bytes, :raw_path, :correction_of, :now, :now, :member_id, :regions, :submitted_by)
on conflict do nothing
returning id;

-- name: same_file^
-- The batch that the same file made before.
select id from batch
where provider = :provider and item = :item and mode = :mode and file_sha256 = :file_sha256
  and coalesce(mapping, '') = coalesce(:mapping, '') and coalesce(batch_no, '') = coalesce(:batch_no, '')
  and state <> 'rejected';

-- name: same_number^
-- The batch that has the provider's number.
select id, file_sha256 from batch
where provider = :provider and item = :item and batch_no = :batch_no and state <> 'rejected';

-- name: get_batch^
select * from batch where id = :id;

-- name: list_batches
-- Newest first, page by page, within what the caller may see; every filter may be null. `to_mend`: with rows that wait to
-- be mended; those that came with a correction wait in the batch that it corrects.
select * from batch
where xinshu_permitted(:scopes::jsonb, member_id, item, null, null, submitted_by)
  and (:provider::text is null or provider = :provider)
  and (:item::text is null or item = :item)
  and (:state::text is null or state = :state)
  and (:correction_of::bigint is null or correction_of = :correction_of)
  and (not :to_mend::boolean or state in ('published', 'feedback_sent', 'held') and exists (
      select from quarantine q
      where q.batch_id = batch.id and q.state = 'quarantined' and (correction_of is null or q.source_row is null)))
order by id desc
limit :page_size offset :skip;

-- name: count_batches$
select count(*) from batch
where xinshu_permitted(:scopes::jsonb, member_id, item, null, null, submitted_by)
  and (:provider::text is null or provider = :provider)
  and (:item::text is null or item = :item)
  and (:state::text is null or state = :state)
  and (:correction_of::bigint is null or correction_of = :correction_of)
  and (not :to_mend::boolean or state in ('published', 'feedback_sent', 'held') and exists (
      select from quarantine q
      where q.batch_id = batch.id and q.state = 'quarantined' and (correction_of is null or q.source_row is null)));

-- name: unfinished_batches
-- Batches that a worker left in the middle, oldest first.
select id from batch
where state in ('received', 'parsed', 'checked', 'compared', 'deduplicated', 'loaded')
order by id;

-- name: set_state!
update batch set state = :state, updated_at = :now where id = :id;

-- name: set_parsed!
update batch set state = 'parsed', format = :format, header = :header, updated_at = :now where id = :id;

-- name: set_checked!
update batch set state = 'checked', counts = :counts, reasons = :reasons, quality = :quality, updated_at = :now
where id = :id;

-- name: set_held!
update batch set state = 'held', held_for = :held_for, counts = :counts, reasons = :reasons, updated_at = :now
where id = :id;

-- name: set_rejected!
update batch set state = 'rejected', error = :error, updated_at = :now where id = :id;

-- name: set_released$
-- A person accepts a held batch in spite of the limits. Of two who decide at the same moment one gets a row.
update batch set state = 'received', decided_by = :decided_by, updated_at = :now where id = :id and state = 'held'
returning id;

-- name: set_declined$
-- A person sends a held batch back.
update batch set state = 'rejected', error = :error, decided_by = :decided_by, updated_at = :now
where id = :id and state = 'held'
returning id;

-- name: set_published!
update batch
set state = 'published', counts = :counts, reasons = :reasons, quality = :quality, published_at = :now,
    updated_at = :now, sequence = nextval('publication_sequence')
where id = :id;

-- name: lock_batch$
-- One worker a batch; the lock falls with the connection.
select pg_try_advisory_lock(7110842, :id::int);

-- name: unlock_batch$
select pg_advisory_unlock(7110842, :id::int);

-- name: lock_registry!
-- Rows that create subjects are published one batch at a time, so that two batches cannot create a subject twice.
select pg_advisory_xact_lock(7110843, 0);

-- name: lock_item!
-- Batches of one item are published one after another: those of two providers write into the same documents, and
-- number the versions of one key together.
select pg_advisory_xact_lock(7110844, hashtext(:item));

-- name: hold_shredding!
-- Nobody destroys data keys (subjects.shred) until the transaction ends.
select pg_advisory_xact_lock_shared(7110847, 0);

-- name: destroyed_keys$
select count(*) from data_key where destroyed_at is not null;

-- name: create_stage#
-- Identity and digests of the rows only: their documents stay in the workbench until it is known which are written.
create temp table stage (
    row_no bigint, op text, code text, old_number text, citizen bytea, citizen_sealed text, name text, name_key uuid,
    division text, kind text, industry text, status text, established date, address text, legal_person text,
    employees bigint, revenue numeric, assets numeric, key uuid, row_hash uuid, valid_from date
) on commit drop;
create temp table match (
    row_no bigint primary key, subject_id bigint, candidates bigint[], is_new boolean not null default false
) on commit drop;
create temp table verdict (
    row_no bigint primary key, subject_id bigint not null, key uuid not null,
    old_version integer,                    -- the provider's own version in force
    top_version integer,                    -- the last one, whoever's
    is_new boolean not null,                -- the batch makes the subject
    alone boolean not null,                 -- and this is its only row
    verdict text not null
) on commit drop;
create temp table closing (subject_id bigint, key uuid, version integer) on commit drop;

-- name: analyse_stage#
analyze stage (row_no, code, old_number, citizen, name_key, key);

-- name: match_by_code!
insert into match (row_no, subject_id)
select s.row_no, c.id from stage s join subject c on c.code = s.code;

-- name: match_by_citizen!
insert into match (row_no, subject_id)
select s.row_no, c.id from stage s join subject c on c.citizen_index = s.citizen
where s.code is null and s.citizen is not null;

-- name: match_by_old_number!
-- Several subjects: the row is ambiguous and keeps the candidates.
insert into match (row_no, subject_id, candidates)
select s.row_no, case when count(*) = 1 then min(o.id) end, case when count(*) > 1 then array_agg(o.id) end
from stage s join subject o on o.old_number = s.old_number and (s.code is null or o.code is null)
where s.old_number is not null and not exists (select from match m where m.row_no = s.row_no)
group by s.row_no;

-- name: match_by_name!
-- Exact normalised name within the division; two different numbers are two subjects of one name. A row with a unified
-- code looks only among subjects without one, which a small index holds.
insert into match (row_no, subject_id, candidates)
select n.row_no, case when count(*) = 1 then min(n.id) end, case when count(*) > 1 then array_agg(n.id) end
from (
    select s.row_no, s.old_number, s.citizen, c.id, c.old_number as other_number, c.citizen_index as other_citizen
    from stage s join subject c on c.name_key = s.name_key and c.code is null
    where s.code is not null
    union all
    select s.row_no, s.old_number, s.citizen, c.id, c.old_number, c.citizen_index
    from stage s join subject c on c.name_key = s.name_key
    where s.code is null
) n
where (n.old_number is null or n.other_number is null or n.old_number = n.other_number)
  and (n.citizen is null or n.other_citizen is null or n.citizen = n.other_citizen)
  and not exists (select from match m where m.row_no = n.row_no)
group by n.row_no;

-- name: outside_regions
-- Rows about subjects of other divisions: where the subject is, and where the row says that it is, must both lie inside.
select s.row_no from stage s join match m using (row_no) join subject c on c.id = m.subject_id
where not xinshu_within(coalesce(c.division, s.division, substr(c.code, 3, 6)), :regions::text[])
   or (s.division is not null and not xinshu_within(s.division, :regions::text[]));

-- name: make_subjects!
-- Registry rows that found no subject make one each; rows of the same batch with one number share it.
-- Rows with a unified code go first, so that the others may then be matched with them. A citizen number identifies a
-- household that has no other number; of one person's several farms with codes it would identify none.
with made as (
    insert into subject (code, old_number, citizen_index, citizen_sealed, name, name_key, kind, division, industry,
                         status, established, address, legal_person, employees, revenue, assets, batch_id,
                         created_at, updated_at)
    select coalesce(d.code, case when d.old_number is null
                                 then xinshu_platform_code(coalesce(d.division, :platform), nextval('farm_household_serial'))
                            end),
        d.old_number, case when coalesce(d.code, d.old_number) is null then d.citizen end,
        case when coalesce(d.code, d.old_number) is null then d.citizen_sealed end, d.name, d.name_key,
        case when d.code is null and d.old_number is null then 'farm_household' else d.kind end,
        d.division, d.industry, d.status, d.established, d.address, d.legal_person, d.employees, d.revenue, d.assets,
        :batch_id, :now, :now
    from (
        select distinct on (coalesce(s.code, 'R' || s.old_number, 'C' || s.citizen::text)) s.*
        from stage s
        where coalesce(s.code, s.old_number, s.citizen::text) is not null and s.name is not null and s.op <> 'D'
          and (s.code is not null) = :coded
          and not exists (select from match m where m.row_no = s.row_no)
        order by coalesce(s.code, 'R' || s.old_number, 'C' || s.citizen::text), s.row_no
    ) d
    order by d.row_no                       -- numbers rise with the rows: records are then written nearly in key order
    returning id, code, old_number, citizen_index
)
insert into match (row_no, subject_id, is_new)
select s.row_no, made.id, true from stage s join made on made.code = s.code
where not exists (select from match m where m.row_no = s.row_no)
union all
select s.row_no, made.id, true from stage s join made on made.old_number = s.old_number
where s.code is null and not exists (select from match m where m.row_no = s.row_no)
union all
select s.row_no, made.id, true from stage s join made on made.citizen_index = s.citizen
where s.code is null and s.old_number is null and not exists (select from match m where m.row_no = s.row_no);

-- name: unmatched
-- Rows without a subject, with the subjects they might be about.
select s.row_no,
       (select jsonb_agg(jsonb_build_object('code', coalesce(c.code, c.old_number), 'name', c.name, 'division', c.division))
        from subject c where c.id = any (m.candidates)) as candidates
from stage s left join match m using (row_no)
where m.subject_id is null;

-- name: analyse_match#
analyze match;

-- name: conflicting
-- Rows of one subject and key with different content or operation: which one is right cannot be known.
with repeated as (
    select m.subject_id, s.key from stage s join match m using (row_no)
    where m.subject_id is not null
    group by m.subject_id, s.key
    having count(*) > 1 and count(distinct (s.row_hash, s.op)) > 1
)
select s.row_no from repeated r join match m using (subject_id) join stage s using (row_no)
where s.key = r.key;

-- name: judge!
-- New, changed or unchanged against the provider's own version in force; repeats of a row beyond the first are
-- duplicates. What another provider has under the same key is never touched: both records stand, each with its origin.
-- What was repaired or withdrawn stays away, whoever sends it.
insert into verdict (row_no, subject_id, key, old_version, top_version, is_new, alone, verdict)
select s.row_no, m.subject_id, s.key, known.version, known.top, m.is_new, m.is_new and s.rows_of_subject = 1,
    case
        when s.nth > 1 then 'duplicate'
        when known.suppressed then 'suppressed'
        when s.op = 'D' then case when known.version is null then 'unchanged' else 'deleted' end
        when known.version is null then 'new'
        when known.same then 'unchanged'
        else 'changed'
    end
from (
    select t.row_no, t.op, t.key, t.row_hash,
           row_number() over (partition by n.subject_id, t.key order by t.row_no) as nth,
           count(*) over (partition by n.subject_id) as rows_of_subject
    from stage t join match n using (row_no)
    where n.subject_id is not null and not t.row_no = any (:set_aside::bigint[])
) s
join match m using (row_no)
cross join lateral (
    select max(r.version) as top,
           max(r.version) filter (where r.provider = :provider and r.known_to is null) as version,
           bool_or(r.row_hash = s.row_hash) filter (where r.provider = :provider and r.known_to is null) as same,
           bool_or(r.row_hash = s.row_hash) filter (where r.state in ('repaired', 'withdrawn')) as suppressed
    from record r
    where not m.is_new and r.subject_id = m.subject_id and r.item = :item and r.key = s.key
) known;

-- name: forget_subjects!
-- Subjects that this batch made for rows that were then set aside.
delete from subject c using match m
where m.is_new and c.id = m.subject_id and not exists (select from verdict v where v.subject_id = c.id);

-- name: analyse_verdict#
analyze verdict;

-- name: count_verdicts
select verdict, count(*) as rows from verdict group by verdict;

-- name: suppressed
select row_no from verdict where verdict = 'suppressed';

-- name: find_closing!
-- Full mode: current records of the provider and item, within the sender's regions, that the batch no longer contains.
insert into closing (subject_id, key, version)
select r.subject_id, r.key, r.version
from record r join batch b on b.id = r.batch_id
where b.provider = :provider and b.item = :item and r.item = :item and r.known_to is null
  and (:regions::text[] is null or exists (
      select from subject c
      where c.id = r.subject_id and xinshu_within(coalesce(c.division, substr(c.code, 3, 6)), :regions::text[])))
  and not exists (select from verdict v where v.subject_id = r.subject_id and v.key = r.key)
  and not exists (select from match m join stage s using (row_no) where m.subject_id = r.subject_id and s.key = r.key);

-- name: find_deleted!
insert into closing (subject_id, key, version)
select subject_id, key, old_version from verdict where verdict = 'deleted';

-- name: count_closing$
select count(*) from closing;

-- name: count_current$
-- Current records of a provider and item within the sender's regions.
select count(*) from record r join batch b on b.id = r.batch_id
where b.provider = :provider and b.item = :item and r.item = :item and r.known_to is null
  and (:regions::text[] is null or exists (
      select from subject c
      where c.id = r.subject_id and xinshu_within(coalesce(c.division, substr(c.code, 3, 6)), :regions::text[])));

-- name: previous_full_rows$
-- Rows accepted in the sender's last full batch of the item.
select (counts ->> 'accepted')::bigint from batch
where provider = :provider and item = :item and member_id is not distinct from :member_id and mode = 'full'
  and state in ('published', 'feedback_sent')
order by sequence desc
limit 1;

-- name: supersede!
update record r set known_to = :now, state = 'superseded'
from verdict v
where v.verdict = 'changed' and r.subject_id = v.subject_id and r.item = :item and r.key = v.key
  and r.version = v.old_version;

-- name: close_records!
update record r set known_to = :now, state = 'closed'
from closing c
where r.subject_id = c.subject_id and r.item = :item and r.key = c.key and r.version = c.version;

-- name: touch_unchanged!
update record r set last_seen = :now
from verdict v
where v.verdict = 'unchanged' and r.subject_id = v.subject_id and r.item = :item and r.key = v.key
  and r.version = v.old_version;

-- name: chosen
-- Rows to be written, with the subject and the version they get.
select row_no, subject_id, coalesce(top_version, 0) + 1 as version, alone and verdict = 'new' as alone
from verdict
where verdict in ('new', 'changed');

-- name: rebuild_holdings!
-- All subjects touched but those that this batch made with one row: the document from their current records.
with touched as (
    select subject_id from verdict where verdict in ('new', 'changed') and not (alone and verdict = 'new')
    union
    select subject_id from closing
)
insert into holding (subject_id, item, document, masked, rows, version, batch_id, updated_at)
select t.subject_id, :item, d.document, d.masked, d.rows, 1, :batch_id, :now
from touched t cross join lateral (
    select '[' || coalesce(string_agg(xinshu_document_row(r.payload, r.provider, r.platform, r.batch_id, r.first_seen,
                                                          r.valid_from, r.valid_to, r.state), ',' order by r.valid_from, r.key, r.version), '') || ']' as document,
           '[' || string_agg(xinshu_document_row(r.masked, r.provider, r.platform, r.batch_id, r.first_seen,
                                                 r.valid_from, r.valid_to, r.state), ',' order by r.valid_from, r.key, r.version) || ']' as masked,
           count(*) as rows
    from record r
    where r.subject_id = t.subject_id and r.item = :item and r.known_to is null
) d
on conflict (subject_id, item) do update
set document = excluded.document, masked = excluded.masked, rows = excluded.rows, version = holding.version + 1,
    batch_id = excluded.batch_id, updated_at = excluded.updated_at;

-- name: keep_history!
-- What a registration changes in a subject is kept beside it.
insert into subject_history (subject_id, field, value, seen_from, seen_to, batch_id)
select distinct on (c.id, h.field) c.id, h.field, h.old, c.updated_at, :now, :batch_id
from verdict v join stage s using (row_no) join subject c on c.id = v.subject_id
cross join lateral (values
    ('code', c.code, s.code), ('old_number', c.old_number, s.old_number), ('name', c.name, s.name),
    ('division', c.division, s.division), ('status', c.status, s.status), ('kind', c.kind, s.kind),
    ('industry', c.industry, s.industry), ('address', c.address, s.address),
    ('legal_person', c.legal_person, s.legal_person)
) as h (field, old, new)
where v.verdict in ('new', 'changed') and not v.is_new and h.old is not null and h.new is not null and h.old <> h.new
on conflict do nothing;

-- name: update_subjects!
-- The latest row of each subject; what a row leaves out stays as it was.
update subject c
set code = coalesce(c.code, s.code), old_number = coalesce(s.old_number, c.old_number),
    name = case when :renames then coalesce(s.name, c.name) else c.name end,
    name_key = case when :renames then coalesce(s.name_key, c.name_key) else c.name_key end,
    division = case when :renames then coalesce(s.division, c.division) else coalesce(c.division, s.division) end,
    kind = case when :fills_only then coalesce(c.kind, s.kind) else coalesce(s.kind, c.kind) end,
    industry = case when :fills_only then coalesce(c.industry, s.industry) else coalesce(s.industry, c.industry) end,
    status = case when :fills_only then coalesce(c.status, s.status) else coalesce(s.status, c.status) end,
    established = case when :fills_only then coalesce(c.established, s.established)
                       else coalesce(s.established, c.established) end,
    address = case when :fills_only then coalesce(c.address, s.address) else coalesce(s.address, c.address) end,
    legal_person = case when :fills_only then coalesce(c.legal_person, s.legal_person)
                        else coalesce(s.legal_person, c.legal_person) end,
    employees = case when :fills_only then coalesce(c.employees, s.employees) else coalesce(s.employees, c.employees) end,
    revenue = case when :fills_only then coalesce(c.revenue, s.revenue) else coalesce(s.revenue, c.revenue) end,
    assets = case when :fills_only then coalesce(c.assets, s.assets) else coalesce(s.assets, c.assets) end,
    batch_id = :batch_id, updated_at = :now
from (
    select distinct on (v.subject_id) v.subject_id, t.*
    from verdict v join stage t using (row_no)
    where v.verdict in ('new', 'changed') and not v.is_new
    order by v.subject_id, t.valid_from desc nulls last, t.row_no desc
) s
where c.id = s.subject_id;

-- name: sized_subjects
-- Subjects touched by this batch whose size class can be told.
select c.id, c.industry, c.employees, c.revenue, c.assets, c.size_class
from subject c
where c.industry is not null
  and c.id in (select v.subject_id from verdict v join stage s using (row_no)
               where v.verdict in ('new', 'changed')
                 and coalesce(s.industry, s.employees::text, s.revenue::text, s.assets::text) is not null);

-- name: set_size_class*!
update subject set size_class = :size_class where id = :id;

-- name: clear_quarantine
-- Gives the rows that were fixed already.
with gone as (delete from quarantine where batch_id = :batch_id returning row_no, fixed_by)
select row_no, fixed_by from gone where fixed_by is not null;

-- name: quarantined_rows
select row_no, original, reasons, candidates, state from quarantine
where batch_id = :batch_id and row_no > :after
order by row_no
limit :page_size;

-- name: count_set_aside$
-- How many of these rows were set aside.
select count(*) from quarantine where batch_id = :batch_id and row_no = any (:row_nos::bigint[]);

-- name: mark_fixed!
-- Rows that a correction brought back sound, in the batch that it corrects and in those which that one corrects.
with recursive fixed (batch_id, row_no) as (
    select :correction_of::bigint, unnest(:row_nos::bigint[])
    union
    select b.correction_of, q.source_row
    from fixed f join batch b on b.id = f.batch_id join quarantine q on q.batch_id = f.batch_id and q.row_no = f.row_no
    where b.correction_of is not null and q.source_row is not null
)
update quarantine q set state = 'fixed', fixed_by = :batch_id
from fixed f
where q.batch_id = f.batch_id and q.row_no = f.row_no and q.state = 'quarantined';

-- name: mark_earlier_fixed!
-- The same rows in earlier corrections of the batch, which had not brought them back sound.
update quarantine q set state = 'fixed', fixed_by = :batch_id
from quarantine first, batch b
where first.batch_id = :correction_of and first.fixed_by = :batch_id
  and b.correction_of = :correction_of and b.id <> :batch_id
  and q.batch_id = b.id and q.source_row = first.row_no and q.state = 'quarantined';

-- name: provider_figures
-- Quality of each provider and item over its published batches.
select provider, item, count(*) as batches,
       sum((counts ->> 'read')::bigint)::bigint as read,
       sum((counts ->> 'accepted')::bigint)::bigint as accepted,
       sum((counts ->> 'quarantined')::bigint)::bigint as quarantined,
       sum((counts ->> 'new')::bigint)::bigint as new,
       sum((counts ->> 'changed')::bigint)::bigint as changed,
       sum((counts ->> 'unchanged')::bigint)::bigint as unchanged,
       sum((counts ->> 'closed')::bigint)::bigint as closed,
       avg((quality ->> 'completeness')::float) as completeness,
       avg((quality ->> 'accuracy')::float) as accuracy,
       avg((quality ->> 'timeliness')::float) as timeliness,
       max(published_at) as last_published
from batch
where state in ('published', 'feedback_sent')
  and xinshu_permitted(:scopes::jsonb, member_id, item, null, null, submitted_by)
  and (:provider::text is null or provider = :provider) and (:item::text is null or item = :item)
group by provider, item
order by provider, item;

-- name: pull_positions
-- How far each source has been read.
select source, watermark, since, batch_id, updated_at from pull_watermark;

-- name: pull_position^
select source, watermark, since, batch_id, updated_at from pull_watermark where source = :source;

-- name: keep_position!
insert into pull_watermark (source, watermark, since, batch_id, updated_at)
values (:source, :watermark, :since, :batch_id, :now)
on conflict (source) do update
set watermark = excluded.watermark, since = excluded.since, batch_id = excluded.batch_id,
    updated_at = excluded.updated_at;

-- name: lock_source$
-- One pull a source; the lock falls with the connection.
select pg_try_advisory_lock(7110845, hashtext(:source));

-- name: unlock_source$
select pg_advisory_unlock(7110845, hashtext(:source));
