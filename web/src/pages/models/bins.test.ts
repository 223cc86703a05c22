import { describe, expect, it } from "vitest";

import type { Scored } from "../../api/evaluationDesk";
import { zh } from "../../i18n/zh";
import { binsOf } from "./bins";
import { lineAt, rangeOf } from "./lines";

const scored: Scored = {
  indicator: "penalties_36m",
  weight: 80,
  bins: [
    { to: 0, points: 80 },
    { to: 3, points: 20 },
    { to: null, points: 0 },
  ],
  codes: [],
  special: [{ value: 99, points: 5 }],
  missing: 70,
  unseen: null,
};

describe("bins in words", () => {
  it("say bounds with their unit, special values first, nothing known last", () => {
    expect(binsOf(scored, "piece", zh.scorecards).map(({ when, points }) => [when, points])).toEqual([
      ["正好 99 件", 5],
      ["不超过 0 件", 80],
      ["超过 0，不超过 3 件", 20],
      ["超过 3 件", 0],
      ["没有数据", 70],
    ]);
  });

  it("name codes", () => {
    const codes = { ...scored, bins: [], special: [], codes: [{ codes: ["A", "B"], points: 80 }], unseen: 9 };
    const said = binsOf(codes, "code", zh.scorecards, { A: "A级", B: "B" });
    expect(said.map((line) => line.when)).toEqual(["A A级 或 B", "未列出的代码", "没有数据"]);
  });

  it("say yes and no of flags", () => {
    const flag = {
      ...scored,
      special: [],
      bins: [
        { to: 0, points: 80 },
        { to: null, points: 0 },
      ],
    };
    expect(binsOf(flag, "flag", zh.scorecards).map((line) => line.when)).toEqual(["无", "有", "没有数据"]);
  });
});

describe("lines of a text", () => {
  it("are found by their number", () => {
    expect(lineAt("a\r\nbc\n", 1)).toBe("a");
    expect(rangeOf("a\nbc\n", 2)).toEqual([2, 4]);
    expect(lineAt("a", 9)).toBe("");
  });
});
