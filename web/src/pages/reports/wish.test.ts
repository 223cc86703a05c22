import { expect, test } from "vitest";

import { troubleOf, variantOf } from "./wish";

test("a comparison needs an earlier day", () => {
  expect(troubleOf("post_loan_change", "", "", "2026-06-01")).toBe("since_missing");
  expect(troubleOf("post_loan_change", "", "2026-06-01", "2026-06-01")).toBe("since_late");
  expect(troubleOf("post_loan_change", "2026-05-01", "2026-05-02", "2026-06-01")).toBe("since_late");
  expect(troubleOf("post_loan_change", "", "2026-05-31", "2026-06-01")).toBeNull();
  expect(troubleOf("pre_loan", "", "", "2026-06-01")).toBeNull();
});

test("whatever stands in an address is some kind of report", () => {
  expect(variantOf("screening")).toBe("screening");
  expect(variantOf("anything")).toBe("pre_loan");
});
