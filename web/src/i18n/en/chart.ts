import type { Words } from "../words";

export const chart: Words["chart"] = {
  asTable: "Figures",
  asChart: "Chart",
  when: "Time",
  what: "Kind",
  share: "Share",
  total: "Total",
  inUnit: (name, unit) => `${name} (${unit})`,
  blank: "—",
  describe: (title, what) => `Chart: ${title}. ${what}. The table that follows has its figures.`,
  course: (from, to) => `From ${from} to ${to}`,
  most: (name, value) => `Most: ${name}, ${value}`,
};
