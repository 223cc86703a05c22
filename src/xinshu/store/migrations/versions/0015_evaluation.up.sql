-- Evaluation models (评价模型): one row a version; the document is canonical JSON, its digest is in the evidence.
create table evaluation_model (
    id text collate "C" not null,
    version text collate "C" not null,
    document text not null,
    digest bytea not null,
    state text not null check (state in ('draft', 'validated', 'approved', 'in_force', 'retired')),
    created_by text not null,
    created_at timestamptz not null,
    validated_by text,
    validated_at timestamptz,
    validation text,                        -- JSON: discrimination, stability, calibration, distribution, fairness
    approved_by text,
    approved_at timestamptz,
    started_by text,
    started_at timestamptz,
    retired_by text,
    retired_at timestamptz,
    primary key (id, version),
    check (approved_by is null or (approved_by <> created_by and approved_by <> validated_by))
);
create unique index evaluation_model_in_force on evaluation_model (id) where state = 'in_force';

-- The indicators of a subject as last computed. What is absent or zero is left out.
create table indicator_values (
    subject_id bigint primary key,
    as_of date not null,
    computed_at timestamptz not null,
    "values" text not null                  -- JSON object: indicator -> value
);

-- The evaluation of a subject by the model in force for its kind.
create table evaluation_result (
    subject_id bigint not null,
    model text collate "C" not null,
    version text collate "C" not null,
    as_of date not null,
    computed_at timestamptz not null,
    score integer not null,
    earned text not null,                   -- grade by points alone
    grade text not null,                    -- after vetoes
    vetoes integer[] not null,              -- positions in the model
    points integer[] not null,              -- of its indicators, in their order
    primary key (subject_id, model)
);
create index evaluation_result_grade on evaluation_result (model, grade, score desc, subject_id);

create table evaluation_run (
    id bigint generated always as identity primary key,
    kind text not null check (kind in ('full', 'incremental')),
    as_of date not null,
    principal text not null,
    started_at timestamptz not null,
    finished_at timestamptz,
    subjects bigint not null default 0,
    changed bigint not null default 0       -- evaluations whose grade became another one
);

-- Drift of a model in force, month by month (PSI of its scores against the approved distribution).
create table evaluation_monitor (
    model text collate "C" not null,
    version text collate "C" not null,
    month text not null check (month ~ '^[0-9]{4}-[0-9]{2}$'),
    at timestamptz not null,
    subjects bigint not null,
    psi double precision not null,
    distribution bigint[] not null,
    primary key (model, version, month)
);

-- What must be computed again, marked in the changing transaction: a watermark on times would pass over a
-- transaction that began earlier and committed later. New holdings are copied in, which a trigger on inserts would slow
-- to single rows: their subjects are found by the batch that brought them.
create table evaluation_dirty (subject_id bigint not null);
create table evaluation_batch (batch_id bigint not null);

create function xinshu_evaluation_dirty() returns trigger language plpgsql as $$
begin
    insert into evaluation_dirty (subject_id) select distinct subject_id from touched;
    return null;
end
$$;

create trigger evaluation_dirty_update after update on holding
    referencing new table as touched for each statement execute function xinshu_evaluation_dirty();
create trigger evaluation_dirty_delete after delete on holding
    referencing old table as touched for each statement execute function xinshu_evaluation_dirty();

create function xinshu_evaluation_batch() returns trigger language plpgsql as $$
begin
    insert into evaluation_batch (batch_id) values (new.id);
    return null;
end
$$;

create trigger evaluation_batch_published after update of state on batch
    for each row when (new.state = 'published' and old.state is distinct from new.state)
    execute function xinshu_evaluation_batch();
