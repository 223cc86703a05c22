-- name: deliveries(scopes, provider)
-- Of each item that the provider has sent: the last batch and the last publication, what is held or under way.
select b.item, max(b.received_at) as received_at, max(b.published_at) as published_at,
       (array_agg(b.id order by b.id desc))[1] as batch,
       (array_agg(b.state order by b.id desc))[1] as state,
       count(*) filter (where b.state = 'held') as held,
       count(*) filter (where b.state in ('received', 'parsed', 'checked', 'compared', 'deduplicated', 'loaded')) as working
from batch b
where b.provider = :provider and xinshu_permitted(:scopes::jsonb, b.member_id, b.item, null, null, b.submitted_by)
group by b.item;

-- name: rows_to_mend(scopes, provider, since)
-- Of each item: rows set aside since a moment that nobody has brought back sound; those that came with a correction wait
-- in the batch that it corrects.
select b.item, count(*) as rows, count(distinct b.id) as batches, max(b.id) as batch
from batch b join quarantine q on q.batch_id = b.id
where b.provider = :provider and b.received_at >= :since and q.state = 'quarantined'
  and b.state in ('published', 'feedback_sent', 'held') and (b.correction_of is null or q.source_row is null)
  and xinshu_permitted(:scopes::jsonb, b.member_id, b.item, null, null, b.submitted_by)
group by b.item;

-- name: months(scopes, provider, item, since, until)
-- Quality of each item by the month of receipt in China; shares weighted by rows. What a correction brought back is
-- counted by itself, so that the shares tell how rows were when they first came.
with published as (
    select b.item, to_char(b.received_at at time zone 'Asia/Shanghai', 'YYYY-MM') as month,
           b.correction_of is not null as mends,
           (b.counts ->> 'read')::bigint as read, (b.counts ->> 'accepted')::bigint as accepted,
           (b.counts ->> 'quarantined')::bigint as quarantined,
           (b.quality ->> 'completeness')::float as completeness, (b.quality ->> 'timeliness')::float as timeliness
    from batch b
    where b.state in ('published', 'feedback_sent') and b.provider = :provider
      and (:item::text is null or b.item = :item)
      and b.received_at >= :since and b.received_at < :until
      and xinshu_permitted(:scopes::jsonb, b.member_id, b.item, null, null, b.submitted_by)
)
select item, month, count(*) filter (where not mends) as batches,
       coalesce(sum(read) filter (where not mends), 0)::bigint as read,
       coalesce(sum(accepted) filter (where not mends), 0)::bigint as accepted,
       coalesce(sum(quarantined) filter (where not mends), 0)::bigint as quarantined,
       coalesce(sum(accepted) filter (where mends), 0)::bigint as mended,
       sum(completeness * accepted) filter (where not mends)
           / nullif(sum(accepted) filter (where not mends and completeness is not null), 0) as completeness,
       sum(accepted) filter (where not mends)::float / nullif(sum(read) filter (where not mends), 0) as accuracy,
       sum(timeliness * accepted) filter (where not mends)
           / nullif(sum(accepted) filter (where not mends and timeliness is not null), 0) as timeliness
from published
group by item, month
order by month, item;

-- name: reasons(scopes, provider, item, since, until, most)
-- What rows were set aside for, most frequent first.
select b.item, r.key as reason, sum(r.value::bigint)::bigint as rows
from batch b cross join lateral jsonb_each_text(b.reasons) as r
where b.state in ('published', 'feedback_sent', 'held') and b.provider = :provider and b.correction_of is null
  and (:item::text is null or b.item = :item)
  and b.received_at >= :since and b.received_at < :until and r.key not like 'warning:%'
  and xinshu_permitted(:scopes::jsonb, b.member_id, b.item, null, null, b.submitted_by)
group by b.item, r.key
order by rows desc, b.item, r.key
limit :most;
