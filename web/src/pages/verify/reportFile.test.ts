import { expect, it } from "vitest";

import { isReport } from "./reportFile";

it("tells reports from receipts by what they are", () => {
  expect(isReport("报告.pdf", "")).toBe(true);
  expect(isReport("renamed.bin", "%PDF-1.7\n")).toBe(true);
  expect(isReport("x.json", '{"as_of":"2026-06-01","schema":"xinshu.report/1"}')).toBe(true);
  expect(isReport("receipt.json", '{"form":"xinshu.receipt/1"}')).toBe(false);
});
