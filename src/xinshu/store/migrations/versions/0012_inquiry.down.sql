drop table inquiry;
