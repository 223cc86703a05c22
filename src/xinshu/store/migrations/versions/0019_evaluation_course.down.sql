drop function xinshu_portfolio;
drop function xinshu_evaluated_kind;
drop table evaluation_wrong_record, evaluation_objection_step, evaluation_objection;
drop index record_taken_back;
drop table evaluation_course;
