drop table token_key, used_assertion, client_key, client;
