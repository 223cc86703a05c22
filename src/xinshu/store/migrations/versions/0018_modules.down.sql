drop trigger module_batch_published on batch;
drop trigger module_dirty_update on holding;
drop trigger module_dirty_delete on holding;
drop function xinshu_module_batch;
drop function xinshu_module_dirty;
drop table module_batch, module_dirty, module_list_run, module_run, module_relation, module_membership;
