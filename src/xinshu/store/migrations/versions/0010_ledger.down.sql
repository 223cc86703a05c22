drop table log_key, waiting_leaf, checkpoint, log_node, leaf, log_head;
