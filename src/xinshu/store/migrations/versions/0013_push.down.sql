drop function xinshu_fact_meets(bigint, text, jsonb, boolean, date);
drop table screening_quota, screening, push_event, push_mark, subscription, webhook, inquiry_batch;
