import { describe, expect, it } from "vitest";

import type { Batch } from "../../api/collect";
import { courseOf, splitReason } from "./steps";

const batch = (state: Batch["state"], read = 0, limit = "") =>
  ({ state, counts: { read }, held_for: limit === "" ? null : [{ limit }], quality: {} }) as unknown as Batch;
const standings = (one: Batch) => courseOf(one).map(([, standing]) => standing);

describe("the course of a batch", () => {
  it("is under way in the step after the one it names", () => {
    expect(standings(batch("received"))).toEqual(["done", "now", ...Array<string>(5).fill("ahead")]);
    expect(standings(batch("loaded"))).toEqual([...Array<string>(6).fill("done"), "now"]);
  });

  it("is over when it is published or fetched", () => {
    for (const state of ["published", "feedback_sent"] as const)
      expect(new Set(standings(batch(state)))).toEqual(new Set(["done"]));
  });

  it("stops where it was held or rejected", () => {
    expect(standings(batch("held", 9, "max_quarantined"))[2]).toBe("stopped");
    expect(standings(batch("held", 9, "max_deletions"))[3]).toBe("stopped");
    expect(standings(batch("rejected"))[1]).toBe("stopped");
  });

  it("takes reasons apart", () => {
    expect(splitReason("decision_date|TYPE")).toEqual({ field: "decision_date", code: "TYPE" });
    expect(splitReason("RAGGED")).toEqual({ field: null, code: "RAGGED" });
  });
});
