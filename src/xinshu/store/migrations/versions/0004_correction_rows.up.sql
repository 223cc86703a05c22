-- Its number in the batch that is corrected (batch.correction_of): a row fixed in the end is fixed in all of them.
alter table quarantine add column source_row bigint;
