import { expect, it } from "vitest";

import { daysBetween, isOpen } from "./tones";

it("counts days over months, and backwards", () => {
  expect(daysBetween("2026-05-28", "2026-06-01")).toBe(4);
  expect(daysBetween("2026-06-01", "2026-05-31")).toBe(-1);
});

it("knows what is under way", () => {
  expect([isOpen({ state: "in_review" }), isOpen({ state: "withdrawn" })]).toEqual([true, false]);
});
