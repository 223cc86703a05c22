drop table screening_quota, screening, push_event, push_mark, subscription, webhook, inquiry_batch;
