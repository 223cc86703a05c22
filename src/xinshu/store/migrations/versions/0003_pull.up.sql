-- How far the table of a front-end machine (前置机库表) has been read; written with the batch that holds the rows.
create table pull_watermark (
    source text primary key,
    watermark jsonb not null,               -- {value, keys}; JSON null: read without a watermark
    since jsonb not null,                   -- the watermark from which batch_id was read: taken again if it is rejected
    batch_id bigint references batch (id),
    updated_at timestamptz not null
);
