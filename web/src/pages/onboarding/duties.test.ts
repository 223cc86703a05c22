import { describe, expect, it } from "vitest";

import { isForAnother } from "./duties";

const nothing = { applied: false, checked: false };

describe("isForAnother", () => {
  it("keeps whoever applied from every check", () => {
    const duties = { ...nothing, applied: true };
    expect(isForAnother("material_check", duties)).toBe(true);
    expect(isForAnother("qualification_review", duties)).toBe(true);
    expect(isForAnother("online", duties)).toBe(true);
    expect(isForAnother("sandbox_test", duties)).toBe(false);
  });

  it("keeps whoever checked the material from reviewing and approving", () => {
    const duties = { ...nothing, checked: true };
    expect(isForAnother("material_check", duties)).toBe(false);
    expect(isForAnother("qualification_review", duties)).toBe(true);
    expect(isForAnother("online", duties)).toBe(true);
  });

  it("lets others do everything", () => {
    for (const target of ["material_check", "qualification_review", "online"] as const) {
      expect(isForAnother(target, nothing)).toBe(false);
    }
  });
});
