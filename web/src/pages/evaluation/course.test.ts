import { expect, test } from "vitest";

import type { CourseEntry } from "../../api/ownEvaluation";
import { axisFrom, scoresOf } from "./course";

const entry = (day: string, score: number | null) => ({ day, score }) as CourseEntry;

test("the course begins with the oldest, and a gap stays a gap", () => {
  const entries = [entry("2026-06-01", 812), entry("2026-05-01", null), entry("2026-04-01", 790)];
  expect(scoresOf(entries, "2026-06-01")).toEqual({
    days: ["2026-04-01", "2026-05-01", "2026-06-01"],
    scores: [790, null, 812],
  });
});

test("the last entry holds until the day asked for", () => {
  expect(scoresOf([entry("2026-05-01", 800)], "2026-06-01")).toEqual({
    days: ["2026-05-01", "2026-06-01"],
    scores: [800, 800],
  });
});

test("the axis begins below the lowest score", () => {
  expect(axisFrom([790, null, 812])).toBe(750);
  expect(axisFrom([5])).toBe(0);
  expect(axisFrom([null])).toBe(0);
});
