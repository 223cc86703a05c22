-- name: figures^
-- How much there is. Of large tables the planner's figure: an exact count would read millions of rows.
select
    case when s.rows < 500000 then (select count(*) from subject) else s.rows end as subjects,
    case when i.rows < 500000 then (select count(*) from inquiry) else i.rows end as inquiries,
    (select count(*) from batch where state in ('published', 'feedback_sent')) as batches,
    (select count(*) from consent where state = 'active' and valid_to > :now and valid_from <= :now) as consents
from (select reltuples::bigint as rows from pg_class where oid = 'subject'::regclass) s,
     (select reltuples::bigint as rows from pg_class where oid = 'inquiry'::regclass) i;

-- name: members_online
-- Who takes part, by name; branches follow their head offices.
select kind, name, level, coalesce(licence_kind, '') as licence
from member where state = 'online' order by kind, level <> 'head', code;

-- name: subjects_grouped
-- All groupings in one pass: by division, size class, section of industry, year of establishment.
select grouping(division) = 0 as by_division, grouping(size_class) = 0 as by_size,
       grouping(left(industry, 1)) = 0 as by_industry,
       division, size_class, left(industry, 1) as section, extract(year from established)::integer as year,
       count(*) as subjects
from subject
group by grouping sets ((division), (size_class), (left(industry, 1)), (extract(year from established)));

-- name: rows_by_item
-- Rows accepted, by item and month of publication in China.
select item, to_char(published_at at time zone 'Asia/Shanghai', 'YYYY-MM') as month, count(*) as batches,
       coalesce(sum((counts ->> 'accepted')::bigint), 0)::bigint as accepted
from batch
where state in ('published', 'feedback_sent') and published_at >= :since
group by item, month;

-- name: inquiries_by_purpose
-- Answered to members, by month and purpose; firms that look at what is theirs and the platform's own are left out.
select purpose, to_char(at at time zone 'Asia/Shanghai', 'YYYY-MM') as month, count(*) as inquiries
from inquiry
where at >= :since and member_id is not null and purpose not in ('own', 'upkeep')
group by purpose, month;

-- name: rows_by_provider
-- Rows accepted since ever, by provider; `name`: of the member online that provides under this code.
select b.provider, m.name, coalesce(sum((b.counts ->> 'accepted')::bigint), 0)::bigint as accepted
from batch b
left join member m on m.provider_code = b.provider and m.state = 'online'
where b.state in ('published', 'feedback_sent')
group by b.provider, m.name;

-- name: log_size$
select coalesce((select size from log_head), 0);

-- name: leaf_moment$
select at from leaf where index = :index;

-- name: leaf_tally
-- What happened in a stretch of the log, counted by all that the big screen tells apart.
select l.kind, extract(hour from l.at at time zone 'Asia/Shanghai')::integer as hour, m.kind as member_kind,
       s.division, a.about ->> 'provider' as provider, count(*) as events,
       coalesce(sum((a.about ->> 'accepted')::bigint), 0)::bigint as accepted
from leaf l
cross join lateral (select l.content::jsonb -> 'about' as about) a
left join member m on m.id = l.member_id
left join subject s on s.code = l.subject
where l.index >= :after and l.index < :until and l.kind in ('batch', 'inquiry', 'consent')
  and (l.kind <> 'consent' or a.about ->> 'event' = 'sign')
group by l.kind, hour, m.kind, s.division, provider;

-- name: leaf_events
-- The newest events in a stretch of the log, newest first.
select l.index, l.at, l.kind, m.kind as member_kind, s.division, l.content::jsonb -> 'about' as about
from leaf l
left join member m on m.id = l.member_id
left join subject s on s.code = l.subject
where l.index >= :after and l.index < :until and l.kind in ('batch', 'inquiry', 'consent', 'screening')
  and (l.kind <> 'consent' or l.content::jsonb -> 'about' ->> 'event' in ('sign', 'revoke'))
order by l.index desc limit :most;
