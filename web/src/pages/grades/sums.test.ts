import { expect, it } from "vitest";

import type { Grade } from "../../api/evaluationDesk";

import { groupsBy, totalOf, wholeOf } from "./sums";

const part = (by: string, name: string | null, grade: Grade, subjects: number, mean: number) => ({
  by,
  part: name,
  grade,
  subjects,
  mean,
});
const parts = [
  part("kind", "enterprise", "优", 3, 900),
  part("kind", "enterprise", "差", 1, 500),
  part("kind", "other", "优", 1, 880),
  part("division", "3201", "优", 1, 900),
  part("division", "3202", "优", 3, 900),
  part("division", "3202", "差", 1, 500),
];

it("puts the grades of a part together, largest part first", () => {
  expect(groupsBy(parts, "division")).toEqual([
    { part: "3202", subjects: 4, mean: 800, grades: { 优: 3, 差: 1 } },
    { part: "3201", subjects: 1, mean: 900, grades: { 优: 1 } },
  ]);
});

it("counts everybody once", () => {
  expect(wholeOf(parts)).toEqual({ part: "", subjects: 5, mean: 816, grades: { 优: 4, 差: 1 } });
});

it("knows how long a filtered list is", () => {
  expect([totalOf(parts, "", ""), totalOf(parts, "优", ""), totalOf(parts, "优", "3202")]).toEqual([5, 4, 3]);
});
