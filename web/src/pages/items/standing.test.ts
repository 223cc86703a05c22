import { describe, expect, it } from "vitest";

import type { ItemStanding } from "../../api/collect";
import { byUrgency, toneOfPunctuality } from "./standing";

const one = (item: string, punctuality: ItemStanding["punctuality"], rows_to_mend = 0) =>
  ({ item, punctuality, rows_to_mend, held: 0 }) as ItemStanding;

describe("items of a department", () => {
  it("puts what is overdue first, then what is to be mended, then the catalogue's order", () => {
    const all = [
      one("1", "on_time"),
      one("2", "on_event"),
      one("3", "on_time", 4),
      one("4", "late"),
      one("5", "due_soon"),
      one("6", "never"),
      one("7", "on_time"),
    ];
    expect(byUrgency(all).map(({ item }) => item)).toEqual(["4", "3", "5", "6", "1", "7", "2"]);
  });

  it("says by tone what is wrong", () => {
    expect([toneOfPunctuality("late"), toneOfPunctuality("on_time"), toneOfPunctuality("never")]).toEqual([
      "bad",
      "good",
      "wait",
    ]);
  });
});
