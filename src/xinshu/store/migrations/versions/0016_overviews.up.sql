create index batch_correction_of on batch (correction_of) where correction_of is not null;
create index inquiry_at on inquiry using brin (at);

-- Attempts to verify (核验) facts of one subject: guesses would tell the value.
create table verification_count (
    owner text not null,                    -- the member, or the principal without one
    subject_code text not null,
    day date not null,
    attempts integer not null,
    primary key (owner, subject_code, day)
);
