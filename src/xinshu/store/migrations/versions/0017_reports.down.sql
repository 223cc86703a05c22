drop table report_feedback;
drop table report_file;
drop table report_document;
drop table report;
drop table report_key;
