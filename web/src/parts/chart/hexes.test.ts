import { expect, test } from "vitest";

import { hexagons, shortName, step } from "./hexes";

test("odd rows stand half a tile to the east, and the box holds all", () => {
  const { hexes, box } = hexagons([
    { row: 0, column: 0 },
    { row: 1, column: 0 },
  ]);
  expect(hexes.map((hex) => [Math.round(hex.x), hex.y])).toEqual([
    [0, 0],
    [43, 75],
  ]);
  const [left, top, width, height] = box;
  for (const hex of hexes)
    for (const point of hex.points.split(" ")) {
      const [x, y] = point.split(",").map(Number);
      expect(x).toBeGreaterThanOrEqual(left - 0.1);
      expect(x).toBeLessThanOrEqual(left + width + 0.1);
      expect(y).toBeGreaterThanOrEqual(top - 0.1);
      expect(y).toBeLessThanOrEqual(top + height + 0.1);
    }
  expect(hexagons([]).hexes).toEqual([]);
});

test("shades follow roots; nothing has none, what is withheld the lightest", () => {
  expect([0, 1, 4, 25, 100].map((value) => step(value, 100))).toEqual([0, 1, 1, 3, 5]);
  expect(step(null, 100)).toBe(1);
  expect(step(0, 0)).toBe(0);
});

test("names fit a tile", () => {
  expect(["南京市", "连云港市", "恩施土家族苗族自治州", "城区", "崇明区"].map(shortName)).toEqual([
    "南京",
    "连云港",
    "恩施",
    "城区",
    "崇明",
  ]);
});
