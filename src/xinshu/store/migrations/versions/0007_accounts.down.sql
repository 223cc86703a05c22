drop table used_bootstrap_token, session, challenge, passkey, delegation, invitation, recovery_code, account;
