import { strFromU8, unzipSync } from "fflate";
import { expect, it } from "vitest";

import { workbook } from "./write";

it("writes a workbook without a single formula", async () => {
  const rows = [{ code: "0042", name: "=cmd|'/c calc'!A1", n: 7, at: "2026-06-01" }];
  const blob = await workbook(
    rows,
    [
      { title: "代码", value: (row) => row.code },
      { title: "名称", value: (row) => row.name },
      { title: "条数", value: (row) => row.n, kind: "count" },
      { title: "日期", value: (row) => row.at, kind: "day" },
    ],
    { rows: "批次/清单", about: "说明" },
    [["条数", "1"]],
  );
  const files = unzipSync(new Uint8Array(await blob.arrayBuffer()));
  const text = (name: string) => strFromU8(files[name] ?? new Uint8Array());
  expect(text("xl/worksheets/sheet1.xml")).not.toContain("<f>");
  expect(text("xl/worksheets/sheet1.xml")).toContain("<v>7</v>");
  expect(text("xl/sharedStrings.xml")).toContain("0042");
  expect(text("xl/sharedStrings.xml")).toContain("=cmd|'/c calc'!A1");
  expect(text("xl/workbook.xml")).toContain("批次 清单");
});
