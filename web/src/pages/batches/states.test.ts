import { describe, expect, it } from "vitest";

import { asFound, dutyOf, toneOfBatch } from "./states";

describe("held batches", () => {
  it("are decided on by another than the sender", () => {
    expect(dutyOf(true, "account:a", "account:b")).toBe("decide");
    expect(dutyOf(true, "account:a", null)).toBe("decide");
    expect(dutyOf(true, "account:a", "account:a")).toBe("own");
    expect(dutyOf(false, "account:a", "account:b")).toBe("look");
  });

  it("show shares as shares and rows as rows", () => {
    expect(asFound("min_rows", 12)).toBe("12");
    expect(asFound("max_quarantined", 0.3125)).toBe("31.3%");
    expect(asFound("min_fill.uscc", 0)).toBe("0.0%");
  });

  it("have a tone of their own", () => {
    expect([toneOfBatch("held"), toneOfBatch("parsed"), toneOfBatch("rejected")]).toEqual([
      "wait",
      "accent",
      "bad",
    ]);
  });
});
