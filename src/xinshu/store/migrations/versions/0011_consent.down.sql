drop function xinshu_readable, xinshu_consent_condition, xinshu_consent_since, xinshu_consent_period;
drop table consent_step, consent_signature, consent_artefact, consent;
drop function consent_announce, consent_stays;
