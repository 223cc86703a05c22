import { expect, test } from "vitest";

import { fullOf, nextGrade, placeOf, rising } from "./scale";

const GRADES = [
  { grade: "优", score: 865 },
  { grade: "良", score: 800 },
  { grade: "中", score: 700 },
  { grade: "差", score: 0 },
] as const;

test("grades rise", () => {
  expect(rising(GRADES).map(({ grade }) => grade)).toEqual(["差", "中", "良", "优"]);
});

test("a score lies within the part of its grade", () => {
  expect(placeOf(GRADES, 0, 1000)).toBe(0);
  expect(placeOf(GRADES, 350, 1000)).toBe(12.5);
  expect(placeOf(GRADES, 700, 1000)).toBe(25);
  expect(placeOf(GRADES, 865, 1000)).toBe(75);
  expect(placeOf(GRADES, 1000, 1000)).toBe(100);
});

test("the next grade is the nearest above the score", () => {
  expect(nextGrade(GRADES, 799)).toEqual({ grade: "良", points: 1 });
  expect(nextGrade(GRADES, 800)).toEqual({ grade: "优", points: 65 });
  expect(nextGrade(GRADES, 865)).toBeNull();
});

test("the most is the sum of the weights", () => {
  expect(fullOf([{ weight: 600 }, { weight: 400 }])).toBe(1000);
});
