import { expect, test } from "vitest";

import { matrixOf, signed } from "./moves";

const MOVES = [
  { then: "优", now: "优", subjects: 18 },
  { then: "优", now: "良", subjects: 2 },
  { then: "中", now: "良", subjects: 1 },
] as const;

test("a line for each grade, the shade by its part of the line", () => {
  const lines = matrixOf(MOVES);
  expect(lines.map(({ then }) => then)).toEqual(["优", "良", "中", "差"]);
  expect(lines[0]?.cells.map(({ subjects, shade }) => [subjects, shade])).toEqual([
    [18, 3],
    [2, 2],
    [0, 0],
    [0, 0],
  ]);
  expect(lines[0]?.cells.map(({ way }) => way)).toEqual(["same", "worse", "worse", "worse"]);
  expect(lines[2]?.cells[1]).toMatchObject({ subjects: 1, way: "better" });
});

test("those not evaluated then have a line of their own, if there are any", () => {
  const lines = matrixOf([...MOVES, { then: null, now: "差", subjects: 3 }]);
  expect(lines[4]).toMatchObject({ then: null });
  expect(lines[4]?.cells[3]).toMatchObject({ subjects: 3, way: "new" });
});

test("changes have their sign", () => {
  expect([12, -8, 0].map(signed)).toEqual(["+12", "−8", "0"]);
});
