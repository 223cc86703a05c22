import { describe, expect, it } from "vitest";

import { byDay, byPurpose, sumOf } from "./sums";

const day = (on: string, purpose: string, inquiries: number, refused = 0) => ({
  day: on,
  purpose,
  inquiries,
  whole: inquiries - refused,
  partly: 0,
  refused,
  authorised: 0,
});
const days = [
  day("2026-05-31", "pre_loan", 3, 1),
  day("2026-06-02", "pre_loan", 1),
  day("2026-06-02", "post_loan", 9),
];

describe("usage", () => {
  it("is summed", () => {
    expect(sumOf(days)).toEqual({ inquiries: 13, whole: 12, partly: 0, refused: 1, authorised: 0 });
    expect(byPurpose(days).map(([purpose, sums]) => [purpose, sums.inquiries])).toEqual([
      ["post_loan", 9],
      ["pre_loan", 4],
    ]);
  });

  it("has every day, those without inquiries too", () => {
    expect(byDay(days, "2026-05-31", "2026-06-02").map(([on, sums]) => [on, sums.inquiries])).toEqual([
      ["2026-05-31", 3],
      ["2026-06-01", 0],
      ["2026-06-02", 10],
    ]);
  });
});
