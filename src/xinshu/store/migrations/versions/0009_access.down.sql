alter table batch drop column member_id, drop column regions, drop column submitted_by;
drop table access_event;
drop function xinshu_within(text, text[]);
drop function xinshu_permitted(jsonb, text, text, text, text, text);
