drop table verification_count;
drop index inquiry_at;
drop index batch_correction_of;
