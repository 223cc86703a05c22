-- Feature modules (特色功能模块): to which of them a subject belongs, as last classified. Who belongs to none has no row.
create table module_membership (
    subject_id bigint not null,
    module text collate "C" not null,
    version text collate "C" not null,
    degree text not null check (degree in ('member', 'possible')),
    points smallint not null,
    parts text[] not null,                  -- fields of the module
    evidence text not null,                 -- JSON: origin, said, item, points, why, part
    as_of date not null,
    computed_at timestamptz not null,
    primary key (subject_id, module)
);
create index module_membership_points on module_membership (module, degree, points desc, subject_id);

-- Relations that records state: the subject's record names the other party by its code.
create table module_relation (
    subject_id bigint not null,
    other_code text collate "C" not null,
    kind text not null,
    item text collate "C" not null,
    primary key (subject_id, other_code, kind, item)
);
create index module_relation_other on module_relation (other_code);

create table module_run (
    id bigint generated always as identity primary key,
    kind text not null check (kind in ('full', 'incremental')),
    as_of date not null,
    modules text[] not null,
    principal text not null,
    started_at timestamptz not null,
    finished_at timestamptz,
    subjects bigint not null default 0,
    members bigint not null default 0       -- memberships written
);

-- Lists (名单) as they were given out; each is a leaf of the log.
create table module_list_run (
    id uuid primary key,
    module text collate "C" not null,
    list text collate "C" not null,
    version text collate "C" not null,
    at timestamptz not null,
    principal text not null,
    member_id text,
    leaf bigint not null,
    count integer not null,
    truncated boolean not null,
    digest bytea not null,
    lines text not null                     -- JSON: the lines with their reasons
);
create index module_list_run_at on module_list_run (module, list, at desc);

-- What must be classified again; marked in the changing transaction, as for evaluations.
create table module_dirty (subject_id bigint not null);
create table module_batch (batch_id bigint not null);

create function xinshu_module_dirty() returns trigger language plpgsql as $$
begin
    insert into module_dirty (subject_id) select distinct subject_id from touched;
    return null;
end
$$;

create trigger module_dirty_update after update on holding
    referencing new table as touched for each statement execute function xinshu_module_dirty();
create trigger module_dirty_delete after delete on holding
    referencing old table as touched for each statement execute function xinshu_module_dirty();

create function xinshu_module_batch() returns trigger language plpgsql as $$
begin
    insert into module_batch (batch_id) values (new.id);
    return null;
end
$$;

create trigger module_batch_published after update of state on batch
    for each row when (new.state = 'published' and old.state is distinct from new.state)
    execute function xinshu_module_batch();
