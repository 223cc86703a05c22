export const exporting = {
  begin: "导出 XLSX",
  running: (done: string, of: string) => `已读 ${done} / ${of} 条，点此停止`,
  about: "说明",
  list: "清单",
  at: "导出时间",
  extent: "条数",
  address: "页面地址",
  whole: (n: string) => `已导出全部 ${n} 条`,
  part: (n: string, total: string) => `只导出了前 ${n} 条，共 ${total} 条`,
  partHint: "一个文件的条数有上限。缩小筛选条件，分几次导出其余的。",
} as const;
