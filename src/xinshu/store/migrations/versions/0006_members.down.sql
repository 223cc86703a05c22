drop table sandbox_call, member_certificate, member_change, member_agreement, member_document, member_step, member;
drop sequence member_certificate_serial;
drop function member_step_stays();
