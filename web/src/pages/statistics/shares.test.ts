import { expect, test } from "vitest";

import type { Statistics } from "../../api/types";
import { inquiryCourses, rowsByItem, rowsByMonth } from "./shares";

const words = (zh: string) => ({ zh, en: zh });
const told: Statistics = {
  at: "2026-06-01T02:00:00Z",
  least: 10,
  months: ["2026-05", "2026-06"],
  subjects: { total: 0, areas: [], elsewhere: 0, sizes: [], industries: [], years: [] },
  collection: [
    { item: "1", name: words("登记"), provider: words("甲"), batches: 1, rows: [1, 2] },
    { item: "2", name: words("股东"), provider: words("甲"), batches: 0, rows: [0, 0] },
    { item: "8", name: words("处罚"), provider: words("乙"), batches: 2, rows: [40, 0] },
  ],
  inquiries: [
    { purpose: "pre_loan", name: words("贷前"), inquiries: [null, 30] },
    { purpose: "other", name: words("其他"), inquiries: [null, 0] },
  ],
};

test("rows are added up by month, and by item with the most first", () => {
  expect(rowsByMonth(told)).toEqual([41, 2]);
  expect(rowsByItem(told, "zh")).toEqual([
    { name: "处罚", value: 40 },
    { name: "登记", value: 3 },
  ]);
});

test("a purpose of which every month is withheld draws no line; a withheld month is a gap", () => {
  expect(inquiryCourses(told, "zh")).toEqual([{ name: "贷前", values: [null, 30] }]);
});
