-- name: take_attempt(owner, subject, day, most)$
-- One attempt of today's; no row when there is none left.
insert into verification_count as c (owner, subject_code, day, attempts)
select :owner, :subject, :day, 1 where :most::int > 0
on conflict (owner, subject_code, day) do update set attempts = c.attempts + 1 where c.attempts < :most
returning attempts;

-- name: forget_counts(today)!
delete from verification_count where day < :today;
