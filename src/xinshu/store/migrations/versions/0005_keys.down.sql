drop table secret;
drop table data_key;
drop table key_encryption_key;
