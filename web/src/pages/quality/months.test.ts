import { describe, expect, it } from "vitest";

import type { MonthQuality } from "../../api/collect";
import { inPercent, monthsFrom, percent, summed } from "./months";

const line = (read: number, accepted: number, timeliness: number | null): MonthQuality => ({
  item: "1",
  month: "2026-06",
  batches: 1,
  read,
  accepted,
  quarantined: read - accepted,
  mended: 0,
  completeness: 0.5,
  accuracy: read === 0 ? null : accepted / read,
  timeliness,
});

describe("quality by month", () => {
  it("counts months over the end of a year", () => {
    expect(monthsFrom("2025-11", "2026-02")).toEqual(["2025-11", "2025-12", "2026-01", "2026-02"]);
    expect(monthsFrom("2026-06", "2026-06")).toEqual(["2026-06"]);
  });

  it("weighs shares by rows", () => {
    const all = summed([line(100, 90, null), line(900, 900, 0.8)]);
    expect(all).toMatchObject({
      read: 1000,
      accepted: 990,
      quarantined: 10,
      accuracy: 0.99,
      timeliness: 0.8,
    });
    expect(summed([]).accuracy).toBeNull();
    expect(summed([line(0, 0, null)]).completeness).toBeNull();
  });

  it("says shares in per cent, and what is not known as a gap", () => {
    expect([inPercent(0.98765), inPercent(null)]).toEqual([98.8, null]);
    expect([percent(1), percent(null)]).toEqual(["100.0%", "—"]);
  });
});
