import { expect, it } from "vitest";

import { addUp, largest } from "./lines";

const line = (month: string, reader: string, given: number, refused = 0) => ({
  month,
  item: "1",
  purpose: "pre_loan",
  reader,
  given,
  refused,
  subjects: 1,
});

it("adds lines up by any of their names", () => {
  const lines = [line("2026-05", "bank", 3), line("2026-06", "bank", 4, 1), line("2026-06", "firm", 9)];
  expect(addUp(lines, ({ reader }) => reader)).toEqual([
    { key: "firm", given: 9, refused: 0, subjects: 1 },
    { key: "bank", given: 7, refused: 1, subjects: 2 },
  ]);
});

it("keeps the largest parts and puts the rest together", () => {
  const parts = [5, 4, 3, 2, 0].map((value, at) => ({ name: `p${at}`, value }));
  expect(largest(parts, 3, "其他")).toEqual([parts[0], parts[1], { name: "其他", value: 5 }]);
  expect(largest(parts, 4, "其他")).toEqual(parts.slice(0, 4));
});
