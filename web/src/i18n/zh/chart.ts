export const chart = {
  asTable: "看数字",
  asChart: "看图",
  when: "时间",
  what: "类别",
  share: "占比",
  total: "合计",
  inUnit: (name: string, unit: string) => `${name}（${unit}）`,
  blank: "—",
  describe: (title: string, what: string) => `图：${title}。${what}。图中的数字在随后的表里。`,
  course: (from: string, to: string) => `从${from}到${to}`,
  most: (name: string, value: string) => `最多的是${name}，${value}`,
} as const;
