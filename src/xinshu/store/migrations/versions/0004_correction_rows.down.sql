alter table quarantine drop column source_row;
