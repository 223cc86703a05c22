create index batch_correction_of on batch (correction_of) where correction_of is not null;
create index inquiry_at on inquiry using brin (at);
