-- The course of a subject's evaluation: a row where it changed, so that the evaluation of any day is that of the last row
-- up to it. `ended`: from this day on the model evaluates the subject no more.
create table evaluation_course (
    subject_id bigint not null,
    model text collate "C" not null,
    day date not null,
    version text collate "C" not null,
    score integer not null,
    earned text not null,
    grade text not null,
    vetoes integer[] not null,
    points integer[] not null,
    cause text not null check (cause in ('first', 'version', 'vetoes', 'grade', 'score', 'month', 'ended')),
    at timestamptz not null,
    primary key (subject_id, model, day)
);
create index evaluation_course_day on evaluation_course (day);

insert into evaluation_course (subject_id, model, day, version, score, earned, grade, vetoes, points, cause, at)
select subject_id, model, as_of, version, score, earned, grade, vetoes, points, 'first', computed_at
from evaluation_result;

-- What was taken back (repaired, withdrawn) is used for no day any more: past evaluations that used it are made anew.
create index record_taken_back on record (subject_id) where state in ('repaired', 'withdrawn');

-- Objections to evaluations and their review by a person (personal information protection law, art. 24).
create table evaluation_objection (
    id uuid primary key,
    subject_id bigint not null references subject (id),
    subject_code text collate "C" not null,
    model text collate "C" not null,        -- the evaluation objected to, as it was
    version text collate "C" not null,
    as_of date not null,
    score integer not null,
    grade text not null,
    about text not null check (about in ('whole', 'indicator', 'fact')),
    indicator text collate "C",
    fact jsonb,                             -- item, batch, and what identifies the record
    text text not null,
    state text not null check (state in ('received', 'in_review', 'upheld', 'partly', 'rejected', 'withdrawn')),
    entered_by text not null,
    entered_by_name text not null,
    entered_at timestamptz not null,
    due date not null,                      -- last day of the review's clock, in working days
    reviewer text,
    reviewer_name text,
    taken_at timestamptz,
    decided_at timestamptz,
    reasons text,
    seen_at timestamptz,                    -- when the firm first read the decision
    check ((about = 'whole') = (indicator is null and fact is null)),
    check (state not in ('upheld', 'partly', 'rejected') or (reasons is not null and reviewer is not null))
);
create index evaluation_objection_subject on evaluation_objection (subject_id, entered_at desc);
create index evaluation_objection_open on evaluation_objection (due) where state in ('received', 'in_review');

create table evaluation_objection_step (
    id bigint generated always as identity primary key,
    objection_id uuid not null references evaluation_objection (id),
    event text not null,
    state text not null,
    actor text not null,
    actor_name text not null,
    at timestamptz not null
);
create index evaluation_objection_step_of on evaluation_objection_step (objection_id, id);

-- Records that a review found wrong at their source, named to their providers, who correct them there.
create table evaluation_wrong_record (
    id bigint generated always as identity primary key,
    objection_id uuid not null references evaluation_objection (id),
    subject_id bigint not null references subject (id),
    item text not null,
    provider text not null,
    batch_id bigint not null,
    about jsonb not null,                   -- what identifies the record: open fields only
    what text not null,                     -- what is wrong with it
    named_at timestamptz not null
);
create index evaluation_wrong_record_of on evaluation_wrong_record (provider, id desc);

-- The kind by which a subject is evaluated. An old registration number tells it too (GS 15-2006): NA after the division
-- is a farmers' cooperative; of 15 digits the seventh is 6 to 9 for individually-owned businesses, else enterprises.
create function xinshu_evaluated_kind(kind text, old_number text) returns text language sql immutable parallel safe
as $$
    select case
        when kind is not null then kind
        when old_number ~ '^[0-9]{6}NA' then 'cooperative'
        when old_number ~ '^[0-9]{6}[6-9][0-9]{8}$' then 'individual_business'
        when old_number ~ '^[0-9]{15}$' then 'enterprise'
        when old_number is not null then 'other' end
$$;

-- What a member may see of the subjects that gave it an authorisation in force for a purpose that the model allows: the
-- evaluation now, and as it was on a day. Grades of others never appear.
create function xinshu_portfolio(member text, purpose text, at timestamptz, since date) returns table (
    subject_id bigint, code text, name text, division text, industry text, size_class text, purposes text[],
    model text, version text, as_of date, score integer, grade text, vetoes integer[], points integer[],
    then_day date, then_version text, then_score integer, then_grade text, then_vetoes integer[], then_points integer[]
) language sql stable parallel safe
as $$
    with uses as materialized (
        select m.id, array(select jsonb_array_elements_text(m.document::jsonb #> '{uses,allowed}')) as allowed
        from evaluation_model m where m.state = 'in_force'
    ), held as materialized (
        select c.subject_code, array_agg(distinct c.purpose order by c.purpose) as purposes
        from consent c
        where c.grantee = xinshu_portfolio.member and c.state = 'active' and c.valid_from <= xinshu_portfolio.at
          and xinshu_portfolio.at < c.valid_to and (c.max_calls is null or c.used < c.max_calls)
          and (xinshu_portfolio.purpose is null or c.purpose = xinshu_portfolio.purpose)
        group by c.subject_code
    )
    select s.id, s.code, s.name, s.division, s.industry, s.size_class,
           array(select p from unnest(h.purposes) as p where p = any (u.allowed)), r.model, r.version, r.as_of, r.score,
           r.grade, r.vetoes, r.points, p.day, p.version, p.score, p.grade, p.vetoes, p.points
    from held h
    join subject s on s.code = h.subject_code
    join evaluation_result r on r.subject_id = s.id
    join uses u on u.id = r.model and u.allowed && h.purposes
    left join lateral (
        select c.* from evaluation_course c
        where c.subject_id = s.id and c.model = r.model and c.day <= xinshu_portfolio.since
        order by c.day desc limit 1
    ) p on p.cause <> 'ended'
$$;
