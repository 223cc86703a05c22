-- name: by_day(member, since, until, given)
-- Inquiries of a member by day in China and purpose; `given`: the codes of decisions that give an item.
select (i.at at time zone 'Asia/Shanghai')::date as day, i.purpose, count(*) as inquiries,
       count(*) filter (where o.given = o.items) as whole,
       count(*) filter (where o.given between 1 and o.items - 1) as partly,
       count(*) filter (where o.given = 0) as refused,
       count(*) filter (where i.consents <> '{}') as authorised
from inquiry i cross join lateral (
    select count(*) as items, count(*) filter (where d.value = any (:given::text[])) as given
    from jsonb_each_text(i.items) as d
) o
where i.member_id = :member and i.at >= :since and i.at < :until
group by 1, 2 order by 1, 2;

-- name: busiest(member, since, until)^
-- The minute with most inquiries, the latest of equal ones.
select date_trunc('minute', i.at) as at, count(*) as inquiries from inquiry i
where i.member_id = :member and i.at >= :since and i.at < :until
group by 1 order by 2 desc, 1 desc limit 1;

-- name: subjects(member, since, until)$
-- How many different subjects were asked about.
select count(distinct i.subject_code) from inquiry i
where i.member_id = :member and i.at >= :since and i.at < :until;

-- name: quotas(member, day)^
-- What a member has taken of what it may have.
select coalesce((select runs from screening_quota where member_id = :member and day = :day), 0)::int as screenings,
       (select count(*) from webhook where member_id = :member and state <> 'closed')::int as webhooks,
       (select count(*) from subscription where member_id = :member and state = 'active')::int as subscriptions,
       (select count(*) from subscription where member_id = :member and state = 'active' and kind = 'screening')::int
           as lists;
