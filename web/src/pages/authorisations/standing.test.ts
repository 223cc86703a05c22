import { describe, expect, it } from "vitest";

import { daysLeft, lastDay, standingOf } from "./standing";

describe("lastDay", () => {
  it("is the day before the midnight at which it ends", () => {
    expect(lastDay("2026-08-31T16:00:00Z")).toBe("2026-08-31");
    expect(lastDay("2026-06-16T02:00:00Z")).toBe("2026-06-16");
  });
});

describe("daysLeft", () => {
  const now = new Date("2026-06-01T02:00:00Z");
  it("counts days of China", () => {
    expect(daysLeft("2026-06-01T16:00:00Z", now)).toBe(0);
    expect(daysLeft("2026-06-02T16:00:00Z", now)).toBe(1);
    expect(daysLeft("2026-07-01T16:00:00Z", now)).toBe(30);
  });
  it("is negative when it is over", () => {
    expect(daysLeft("2026-06-01T01:59:59Z", now)).toBe(-1);
  });
});

describe("standingOf", () => {
  it("tells what is signed and waits for a witness", () => {
    expect(standingOf({ state: "pending", signed_at: null })).toBe("pending");
    expect(standingOf({ state: "pending", signed_at: "2026-06-01T02:00:00Z" })).toBe("witness");
    expect(standingOf({ state: "active", signed_at: "2026-06-01T02:00:00Z" })).toBe("active");
  });
});
