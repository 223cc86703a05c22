import { describe, expect, it } from "vitest";

import { type Choice, faultOf, isNarrowed, narrowing, withFields, withItem } from "./narrow";

const ASKED: Choice = {
  items: { "17": null, "19": ["period", "paid_amount"], "4": null },
  lastDay: "2026-08-31",
  maxCalls: 20,
  months: 24,
  retention: 365,
};
const TODAY = "2026-06-01";

describe("narrowing", () => {
  it("is nothing where all is given", () => {
    expect(narrowing(ASKED, { ...ASKED })).toEqual({});
    expect(isNarrowed(ASKED, ASKED)).toBe(false);
  });

  it("names what is taken away only", () => {
    const less = withItem(ASKED, { ...ASKED, lastDay: "2026-06-30", months: 12 }, "4", false);
    expect(narrowing(ASKED, less)).toEqual({
      items: { "17": null, "19": ["period", "paid_amount"] },
      valid_to: "2026-06-30",
      data: { months: 12 },
    });
  });

  it("puts an item back as it was asked for", () => {
    const without = withItem(ASKED, ASKED, "19", false);
    expect(isNarrowed(ASKED, withItem(ASKED, without, "19", true))).toBe(false);
  });

  it("takes single fields of an item away, and all of them is as asked for", () => {
    const all = ["uscc", "period", "tax"];
    const some = withFields(ASKED, ASKED, "17", ["tax", "period"], all);
    expect(some.items["17"]).toEqual(["period", "tax"]);
    expect(isNarrowed(ASKED, withFields(ASKED, some, "17", all, all))).toBe(false);
    expect(withFields(ASKED, ASKED, "19", ["period", "other"], all).items["19"]).toEqual(["period"]);
  });
});

describe("faultOf", () => {
  it("wants something to be left", () => {
    expect(faultOf(ASKED, { ...ASKED, items: {} }, TODAY)).toBe("noItems");
    expect(faultOf(ASKED, { ...ASKED, items: { "17": [] } }, TODAY)).toBe("noItems");
  });

  it("lets nothing become more", () => {
    for (const more of [
      { lastDay: "2026-09-01" },
      { lastDay: "2026-05-31" },
      { maxCalls: 21 },
      { maxCalls: 0 },
      { months: 25 },
      { retention: 366 },
      { retention: 1.5 },
    ]) {
      expect(faultOf(ASKED, { ...ASKED, ...more }, TODAY)).toBe("wrongTerm");
    }
    expect(faultOf(ASKED, { ...ASKED, maxCalls: 1, months: 1, retention: 0 }, TODAY)).toBeNull();
  });
});
