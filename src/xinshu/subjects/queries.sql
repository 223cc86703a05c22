-- All reads and writes of the subject base, by name.

-- name: by_code(code)^
-- The subject that bears a code today.
select * from subject where code = :code;

-- name: by_id(subject_id)^
select * from subject where id = :subject_id;

-- name: by_old_number(number)
-- Subjects that bear an old registration number; more than one is a fault of the registers, shown as such.
select * from subject where old_number = :number order by id limit 5;

-- name: by_citizen_index(citizen_index)^
-- The farm household of a citizen, by keyed digest.
select * from subject where citizen_index = :citizen_index;

-- name: by_former(value)
-- Subjects that once bore a code or number.
select distinct s.* from subject_history h join subject s on s.id = h.subject_id
where h.field in ('code', 'old_number') and h.value = :value order by s.id limit 5;

-- name: history(subject_id)
-- Former values of a subject's attributes, newest first within each.
select field, value, seen_from, seen_to, batch_id from subject_history
where subject_id = :subject_id order by field, seen_to desc;

-- name: hold_shredding()!
-- Nobody destroys data keys until the transaction ends.
select pg_advisory_xact_lock_shared(7110847, 0);

-- name: next_household_serial()$
-- Serial of the next platform-issued number; numbers taken and not used leave gaps.
select nextval('farm_household_serial');

-- name: insert_household(code, citizen_index, citizen_sealed, name, name_key, division, address, now)^
-- A farm household; no row when the citizen already has one.
insert into subject (code, citizen_index, citizen_sealed, name, name_key, kind, division, address, created_at, updated_at)
values (:code, :citizen_index, :citizen_sealed, :name, :name_key, 'farm_household', :division, :address, :now, :now)
on conflict (citizen_index) where citizen_index is not null do nothing
returning *;

-- name: search_codes(low, high, province, city, county, kind, status, size_class, reach, size, skip)
-- Subjects whose code or old number begins with a text; the exact one sorts first. Each index is walked in its order.
with by_code as (
    (select id, code as found from subject
     where code >= :low and code < :high
       and (:province::text is null or left(division, 2) = :province)
       and (:city::text is null or left(division, 4) = :city)
       and (:county::text is null or division = :county)
       and (:kind::text is null or kind = :kind)
       and (:status::text is null or status = :status)
       and (:size_class::text is null or size_class = :size_class)
     order by code limit :reach + 1)
    union all
    (select id, old_number as found from subject
     where old_number >= :low and old_number < :high and (code is null or code < :low or code >= :high)
       and (:province::text is null or left(division, 2) = :province)
       and (:city::text is null or left(division, 4) = :city)
       and (:county::text is null or division = :county)
       and (:kind::text is null or kind = :kind)
       and (:status::text is null or status = :status)
       and (:size_class::text is null or size_class = :size_class)
     order by old_number limit :reach + 1)
), page as (
    select id, count(*) over () as total, row_number() over (order by found, id) as place
    from by_code order by place limit :size offset :skip
)
select s.*, p.total from page p join subject s on s.id = p.id order by p.place;

-- name: search_grams(grams, pattern, province, city, county, kind, status, size_class, name, sort, size, skip)
-- Names that contain a text with at least one selective pair: index on pairs, then the text itself, then sort the few.
with hit as materialized (
    select subject_id, name, pinyin, established from subject_search
    where grams @> :grams::int[] and name like :pattern
      and (:province::text is null or left(division, 2) = :province)
      and (:city::text is null or left(division, 4) = :city)
      and (:county::text is null or division = :county)
      and (:kind::text is null or kind = :kind)
      and (:status::text is null or status = :status)
      and (:size_class::text is null or size_class = :size_class)
), page as (
    select subject_id, count(*) over () as total, row_number() over (
        order by (name = :name) desc, case when :sort = 'established' then established end desc nulls last,
                 pinyin, subject_id) as place
    from hit order by place limit :size offset :skip
)
select s.*, p.total from page p join subject s on s.id = p.subject_id order by p.place;

-- name: search_all(grams, pattern, province, city, county, kind, status, size_class, name, sort, size, skip)
-- The same without the index on pairs, for few hits: everything that passes the filters is sorted.
with hit as materialized (
    select subject_id, name, pinyin, established from subject_search
    where (:grams::int[] is null or grams @> :grams) and (:pattern::text is null or name like :pattern)
      and (:province::text is null or left(division, 2) = :province)
      and (:city::text is null or left(division, 4) = :city)
      and (:county::text is null or division = :county)
      and (:kind::text is null or kind = :kind)
      and (:status::text is null or status = :status)
      and (:size_class::text is null or size_class = :size_class)
), page as (
    select subject_id, count(*) over () as total, row_number() over (
        order by (name = :name) desc, case when :sort = 'established' then established end desc nulls last,
                 pinyin, subject_id) as place
    from hit order by place limit :size offset :skip
)
select s.*, p.total from page p join subject s on s.id = p.subject_id order by p.place;

-- name: count_hits(grams, pattern, province, city, county, kind, status, size_class, reach)$
-- How many pass, counted no further than needed.
select count(*) from (
    select 1 from subject_search
    where (:grams::int[] is null or grams @> :grams) and (:pattern::text is null or name like :pattern)
      and (:province::text is null or left(division, 2) = :province)
      and (:city::text is null or left(division, 4) = :city)
      and (:county::text is null or division = :county)
      and (:kind::text is null or kind = :kind)
      and (:status::text is null or status = :status)
      and (:size_class::text is null or size_class = :size_class)
    limit :reach + 1) as hit;

-- name: walk_pinyin(pattern, province, city, county, kind, status, size_class, size, skip)
-- Many hits: walk the index in order of pinyin until the page is full.
select s.* from (
    select subject_id, pinyin from subject_search
    where (:pattern::text is null or name like :pattern)
      and (:province::text is null or left(division, 2) = :province)
      and (:city::text is null or left(division, 4) = :city)
      and (:county::text is null or division = :county)
      and (:kind::text is null or kind = :kind)
      and (:status::text is null or status = :status)
      and (:size_class::text is null or size_class = :size_class)
    order by pinyin, subject_id limit :size offset :skip
) as p join subject s on s.id = p.subject_id order by p.pinyin, p.subject_id;

-- name: walk_established(pattern, province, city, county, kind, status, size_class, size, skip)
-- Many hits: walk the index from the youngest subject until the page is full.
select s.* from (
    select subject_id, established from subject_search
    where (:pattern::text is null or name like :pattern)
      and (:province::text is null or left(division, 2) = :province)
      and (:city::text is null or left(division, 4) = :city)
      and (:county::text is null or division = :county)
      and (:kind::text is null or kind = :kind)
      and (:status::text is null or status = :status)
      and (:size_class::text is null or size_class = :size_class)
    order by established desc nulls last, subject_id limit :size offset :skip
) as p join subject s on s.id = p.subject_id order by p.established desc nulls last, p.subject_id;

-- name: plan_with_values()^
-- Within this transaction, plan with the values at hand: which index is right depends on them.
select set_config('plan_cache_mode', 'force_custom_plan', true);

-- name: plan_walk()^
-- Within this transaction, walk an index in its order: the planner cannot know how many names contain a text.
select set_config('enable_sort', 'off', true), set_config('enable_seqscan', 'off', true),
       set_config('enable_bitmapscan', 'off', true);

-- name: common_grams()
-- Pairs of characters that many names have, with how many, as the last ANALYZE found them.
select elem.gram, (elem.share * c.reltuples)::float8 as names
from pg_stats p
join pg_class c on c.oid = 'subject_search'::regclass,
     unnest(p.most_common_elems::text::int[], p.most_common_elem_freqs) as elem (gram, share)
where p.schemaname = current_schema() and p.tablename = 'subject_search' and p.attname = 'grams' and elem.gram is not null;

-- name: lock_search()^
-- One refresher at a time: two could overwrite a newer projection with an older one.
select pg_advisory_xact_lock(hashtextextended('xinshu.subject_search', 0));

-- name: take_dirty(size)
-- Take the next changed subjects off the queue, as they are now.
with taken as (
    delete from subject_dirty where ctid = any (array(select ctid from subject_dirty limit :size)) returning subject_id
)
select id, name, division, kind, status, size_class, established, (select count(*) from taken) as taken
from subject where id in (select subject_id from taken);

-- name: merge_search(subject_ids, names, pinyins, divisions, kinds, statuses, size_classes, establisheds, grams)!
-- Put projections in place, given column by column (grams as array literals); rows that are equal are not written again.
insert into subject_search as old (subject_id, name, pinyin, division, kind, status, size_class, established, grams)
select subject_id, name, pinyin, division, kind, status, size_class, established, grams::int[]
from unnest(:subject_ids::bigint[], :names::text[], :pinyins::text[], :divisions::text[], :kinds::text[],
            :statuses::text[], :size_classes::text[], :establisheds::date[], :grams::text[])
     as new (subject_id, name, pinyin, division, kind, status, size_class, established, grams)
on conflict (subject_id) do update set
    name = excluded.name, pinyin = excluded.pinyin, division = excluded.division, kind = excluded.kind,
    status = excluded.status, size_class = excluded.size_class, established = excluded.established,
    grams = excluded.grams
where (old.name, old.pinyin, old.division, old.kind, old.status, old.size_class, old.established, old.grams)
      is distinct from (excluded.name, excluded.pinyin, excluded.division, excluded.kind, excluded.status,
                        excluded.size_class, excluded.established, excluded.grams);

-- name: mark_all_dirty()!
-- Put every subject on the queue, after a change of the rules of projection or a restore.
insert into subject_dirty (subject_id) select id from subject;

-- name: analyze_search()!
analyze subject_search;

-- name: search_lag()^
-- How many changed subjects wait, counted up to 100,000.
select count(*) as waiting from (select 1 from subject_dirty limit 100000) as t;

-- name: search_is_empty()$
select not exists (select from subject_search);

-- name: search_indexes()
-- What to drop before the first load and to build after it: six times as fast as keeping them up row by row.
select indexname, indexdef from pg_indexes
where schemaname = current_schema() and tablename = 'subject_search' and indexname <> 'subject_search_pkey';

-- name: plan_build()^
-- Within this transaction, memory for building indexes.
select set_config('maintenance_work_mem', '256MB', true);

-- name: forget_dirty()!
-- Forget what waits: everything is about to be read, in a snapshot taken after this one.
delete from subject_dirty;

-- name: all_subjects()
select id, name, division, kind, status, size_class, established from subject order by id;

-- name: shred_alone()!
-- Waits for publications under way and keeps new ones waiting: none may publish what was sealed before.
select pg_advisory_xact_lock(7110847, 0);

-- name: to_shred(code)^
select id, code, citizen_index, citizen_sealed from subject where code = :code for update;

-- name: sealed_records(subject_id)
-- Records with what looks like a sealed value.
select item, key, version, payload, masked, batch_id from record
where subject_id = :subject_id and payload ~ '"(e1:[ig]:[0-9]+|s1:[0-9a-f]{8}):'
order by item, key, version;

-- name: destroy_keys(ids, refs, now, by, reason)$
-- How many data keys were destroyed. Their refs are given up: a new batch about the subject makes a new key.
with gone as (
    update data_key set wrapped = null, ref = null, destroyed_at = :now, destroyed_by = :by, reason = :reason
    where (id = any (:ids::bigint[]) or ref = any (:refs::bytea[])) and wrapped is not null
    returning id
)
select count(*) from gone;

-- name: forget_sealed(subject_id, item, key, version, payload, masked)!
-- A row sent again is then a change, whose value can be read; not so where the record itself must not come back.
update record set payload = :payload, masked = :masked,
    row_hash = case when state in ('repaired', 'withdrawn') then row_hash else gen_random_uuid() end
where subject_id = :subject_id and item = :item and key = :key and version = :version;

-- name: forget_in_holding(subject_id, item, old, new)!
update holding set document = replace(document, :old::text, :new::text), masked = replace(masked, :old::text, :new::text)
where subject_id = :subject_id and item = :item;

-- name: forget_citizen(subject_id, citizen_sealed, now)!
update subject set citizen_index = null, citizen_sealed = :citizen_sealed, updated_at = :now where id = :subject_id;

-- name: raw_file(batch_id)^
-- Where a batch's file is kept, and whether a batch made of it may still have to be read.
select b.raw_path, exists (select from batch o where o.raw_path = b.raw_path
                           and o.state not in ('published', 'feedback_sent', 'rejected')) as unfinished
from batch b where b.id = :batch_id;
