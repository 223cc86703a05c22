import { describe, expect, it } from "vitest";

import type { MendingRow } from "../../api/collect";
import type { Definition } from "../../api/definitions";
import { baseOf, block, type Column, editedRows, neededColumns, placed, rowsToSend, typed } from "./rows";

const COLUMNS: Column[] = [
  { name: "代码*", field: "uscc" },
  { name: "名称", field: "subject_name" },
  { name: "日期", field: "decided" },
  { name: "备注", field: null },
];
const ITEM = {
  fields: [{ name: "uscc" }, { name: "subject_name" }, { name: "decided" }, { name: "until" }],
  checks: [{ id: "order", expect: { left: "decided", op: "<=", right: "until" } }],
  batch_checks: [],
  subject: { code: "uscc", old_number: null, name: "subject_name", division: null },
  natural_key: ["uscc", "decided"],
} as unknown as Definition;

const row = (
  row_no: number,
  reasons: [string | null, string][],
  more: Partial<MendingRow> = {},
): MendingRow => ({
  row_no,
  cells: ["C1", "甲", "去年", ""],
  raw: null,
  reasons: reasons.map(([field, code]) => ({ field, code, message: code })),
  candidates: null,
  state: "quarantined",
  fixed_by: null,
  attempt: null,
  ...more,
});

describe("rows to mend", () => {
  it("puts each reason at its cell, others at the row", () => {
    const { byColumn, ofRow } = placed(
      row(1, [
        ["decided", "TYPE"],
        ["order", "CHECK"],
      ]),
      COLUMNS,
    );
    expect([...byColumn.keys()]).toEqual(["日期"]);
    expect(ofRow.map(({ code }) => code)).toEqual(["CHECK"]);
  });

  it("starts from the latest attempt, and tells its reasons", () => {
    const again = row(1, [["decided", "TYPE"]], {
      attempt: {
        batch: 9,
        cells: { "代码*": "C1", 名称: "乙", 日期: "2024-01-01" },
        reasons: [{ field: "uscc", code: "USCC_CHECK", message: "校验码不对" }],
      },
    });
    expect(baseOf(again, COLUMNS)).toEqual({ "代码*": "C1", 名称: "乙", 日期: "2024-01-01", 备注: "" });
    expect([...placed(again, COLUMNS).byColumn.keys()]).toEqual(["代码*"]);
  });

  it("shows the columns that are needed", () => {
    const names = (rows: MendingRow[]) => neededColumns(rows, COLUMNS, ITEM).map(({ name }) => name);
    expect(names([row(1, [["decided", "TYPE"]])])).toEqual(["日期"]);
    expect(names([row(1, [["order", "CHECK"]])])).toEqual(["日期"]);
    expect(
      names([
        row(1, [
          ["decided", "TYPE"],
          ["order", "CHECK"],
        ]),
      ]),
    ).toEqual(["日期"]);
    expect(names([row(1, [[null, "SUBJECT_UNKNOWN"]])])).toEqual(["代码*", "名称"]);
    expect(names([row(1, [[null, "DUPLICATE_CONFLICT"]])])).toEqual(["代码*", "日期"]);
    expect(names([row(1, [[null, "RAGGED"]])])).toHaveLength(4); // anything may be wrong
  });

  it("sends back whole rows that differ, with their numbers", () => {
    const rows = [row(1, []), row(2, []), row(3, [])];
    let drafts = typed({}, rows[1] as MendingRow, COLUMNS, { 日期: "2024-01-01" });
    drafts = typed(drafts, rows[2] as MendingRow, COLUMNS, { 日期: "2025" });
    drafts = typed(drafts, rows[2] as MendingRow, COLUMNS, { 日期: "去年" }); // as it was: no change
    expect(editedRows(rows, COLUMNS, drafts).map(({ row_no }) => row_no)).toEqual([2]);
    expect(rowsToSend(rows, COLUMNS, drafts)).toEqual([
      { "代码*": "C1", 名称: "甲", 日期: "2024-01-01", 备注: "", 原行号: "2" },
    ]);
    expect(drafts).toEqual({ 2: { 日期: "2024-01-01" } });
  });

  it("shows a row that could not be split as empty cells", () => {
    expect(baseOf(row(1, [], { cells: null, raw: "只有一格" }), COLUMNS)["名称"]).toBe("");
  });

  it("takes a block from a spreadsheet", () => {
    expect(block("2024-01-01")).toBeNull();
    expect(block("2024-01-01\n")).toBeNull();
    expect(block("a\tb\r\nc\td\r\n")).toEqual([
      ["a", "b"],
      ["c", "d"],
    ]);
    expect(block("a\nb")).toEqual([["a"], ["b"]]);
  });
});
