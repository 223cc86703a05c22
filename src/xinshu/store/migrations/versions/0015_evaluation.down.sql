drop trigger evaluation_batch_published on batch;
drop trigger evaluation_dirty_update on holding;
drop trigger evaluation_dirty_delete on holding;
drop function xinshu_evaluation_batch;
drop function xinshu_evaluation_dirty;
drop table evaluation_batch, evaluation_dirty, evaluation_monitor, evaluation_run, evaluation_result, indicator_values,
    evaluation_model;
