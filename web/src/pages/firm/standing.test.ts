import { describe, expect, it } from "vitest";

import { standingOf } from "./standing";

const one = {
  valid_from: "2026-06-01",
  valid_to: "2026-06-30",
  ended_at: null,
  account_state: "active",
} as const;

describe("standingOf", () => {
  it("includes both days, by China's clock", () => {
    expect(standingOf(one, new Date("2026-05-31T15:59:00Z"))).toBe("ahead");
    expect(standingOf(one, new Date("2026-05-31T16:00:00Z"))).toBe("active");
    expect(standingOf(one, new Date("2026-06-30T15:59:00Z"))).toBe("active");
    expect(standingOf(one, new Date("2026-06-30T16:00:00Z"))).toBe("over");
  });

  it("puts what was ended before everything else", () => {
    const now = new Date("2026-06-10T00:00:00Z");
    expect(standingOf({ ...one, ended_at: "2026-06-05T00:00:00Z" }, now)).toBe("ended");
    expect(standingOf({ ...one, account_state: "invited" }, now)).toBe("notAccepted");
  });
});
