drop table pull_watermark;
