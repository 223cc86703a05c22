import { expect, test } from "vitest";

import { arrange, besideEachOther, changesOf, glance, mayBeAskedFor, sectionOf, sorted } from "./arrange";
import type { Report, ReportItem, ReportRow } from "./report";

const text = (zh: string) => ({ zh, en: zh });
const row = (shown: string[], more: Partial<ReportRow> = {}): ReportRow => ({
  values: {},
  shown,
  origin: { provider: "p", provider_name: "税务", platform: null, batch: 1, first_seen: "2026-05-01" },
  valid_from: null,
  valid_to: null,
  state: "current",
  change: "none",
  before: {},
  ...more,
});
const item = (number: string, more: Partial<ReportItem>): ReportItem => ({
  item: number,
  title: text("事项"),
  state: "given",
  reason: null,
  consent: null,
  updated: null,
  rows_total: more.rows?.length ?? 0,
  columns: ["a", "b", "c"].map((field) => ({ field, title: text(field), unit: null, type: "text" })),
  rows: [],
  ...more,
});
const report = (parts: ReportItem[]) =>
  ({
    sections: [{ id: "basic", title: text("基础"), parts, note: null, charts: [], relations: [] }],
  }) as unknown as Report;

test("few facts stand name by name, without what nobody filled in", () => {
  expect(arrange(item("1", { rows: [row(["甲", "—", "丙"])] }))).toEqual({
    isTable: false,
    alike: [],
    columns: [0, 2],
  });
});

test("many facts stand in a table; what is alike is said once", () => {
  const rows = [row(["2026-01", "元", ""]), row(["2026-02", "元", ""]), row(["2026-03", "元", ""])];
  expect(arrange(item("1", { rows }))).toEqual({ isTable: true, alike: [1], columns: [0] });
});

test("a glance counts items by what came of them, facts, and disputed ones", () => {
  const parts = [
    item("1", { rows: [row(["甲", "", ""], { state: "disputed" })], rows_total: 4 }),
    item("2", { state: "none", rows_total: 0 }),
    item("3", { state: "refused", rows_total: null }),
    item("4", { state: "masked", rows: [row(["乙", "", ""])] }),
  ];
  expect(glance(report(parts))).toEqual({ given: 2, none: 1, refused: 1, rows: 5, disputed: 1 });
  const { told, none, refused } = sorted(report(parts).sections[0] as Report["sections"][number]);
  expect([told, none, refused].map((found) => found.map((one) => one.item))).toEqual([
    ["1", "4"],
    ["2"],
    ["3"],
  ]);
});

test("changes are counted by kind", () => {
  const rows = [
    row([], { change: "added" }),
    row([], { change: "ended" }),
    row([], { change: "added" }),
    row([]),
  ];
  expect(changesOf(report([item("1", { rows })]))).toEqual({ added: 2, changed: 0, ended: 1, removed: 0 });
});

test("an item is found in its section", () => {
  expect(sectionOf(report([item("7", {})]), "7")).toBe("basic");
  expect(sectionOf(report([item("7", {})]), "8")).toBeNull();
});

test("only what the firm may open can be asked of it", () => {
  expect(mayBeAskedFor("consent_missing")).toBe(true);
  expect(mayBeAskedFor("not_own_item")).toBe(false);
  expect(mayBeAskedFor(null)).toBe(false);
});

test("a changed fact stands beside itself: what it is, what it said, what it says", () => {
  const changed = row(["甲公司", "100", "—"], { change: "changed", before: { b: "80" } });
  const { same, changed: fields } = besideEachOther(item("2", { rows: [changed] }), changed);
  expect(same.map(({ text }) => text)).toEqual(["甲公司"]);
  expect(fields).toMatchObject([{ before: "80", after: "100" }]);
});
