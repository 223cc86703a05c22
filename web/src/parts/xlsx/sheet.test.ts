import { describe, expect, it } from "vitest";

import { cellOf, sheetOf } from "./sheet";

describe("cells of an exported list", () => {
  it("keeps codes as texts, with their zeros", () => {
    expect(cellOf("00320100", "text")).toEqual({ value: "00320100", type: String, format: "@" });
  });

  it("writes what looks like a formula as a text", () => {
    for (const words of ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", '=HYPERLINK("http://x","y")'])
      expect(cellOf(words, "text")).toEqual({ value: words, type: String, format: "@" });
    expect(cellOf("=1+1", "count")).toMatchObject({ type: String, value: "=1+1" });
  });

  it("writes numbers as numbers, and what is none as a text", () => {
    expect(cellOf(1234, "count")).toEqual({ value: 1234, type: Number, format: "#,##0" });
    expect(cellOf("12.50", "number")).toEqual({ value: 12.5, type: Number });
    expect(cellOf("不公示", "number")).toMatchObject({ type: String });
    expect(cellOf("12345678901234567890", "number")).toMatchObject({ type: String });
    expect(cellOf(0, "count")).toMatchObject({ value: 0 });
  });

  it("writes days and moments as dates of China's clock", () => {
    expect(cellOf("2026-06-01", "day")?.value).toEqual(new Date("2026-06-01T00:00:00Z"));
    expect(cellOf("2026-05-31T18:30:00Z", "day")?.value).toEqual(new Date("2026-06-01T00:00:00Z"));
    expect(cellOf("2026-06-01T10:00:00+08:00", "moment")?.value).toEqual(new Date("2026-06-01T10:00:00Z"));
    expect(cellOf("昨天", "day")).toMatchObject({ type: String, value: "昨天" });
  });

  it("leaves what is absent empty", () => {
    for (const absent of [null, undefined, ""]) expect(cellOf(absent, "count")).toBeNull();
  });

  it("has a head and a line for each row", () => {
    const sheet = sheetOf([{ code: "01" }], [{ title: "代码", value: (row) => row.code }]);
    expect(sheet).toHaveLength(2);
    expect(sheet[0]?.[0]).toMatchObject({ value: "代码", fontWeight: "bold" });
  });
});
