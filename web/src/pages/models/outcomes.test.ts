import { describe, expect, it } from "vitest";

import { readOutcomes } from "./outcomes";

const A = "91320100748204660Q";
const B = "91320100000000012X";

describe("a file of outcomes", () => {
  it("has a head or none, commas or tabs, and words or digits", () => {
    expect(readOutcomes(`\ufeffcode,bad\r\n${A},1\r\n${B.toLowerCase()},否\r\n\r\n`)).toEqual({
      outcomes: [
        { code: A, bad: true },
        { code: B, bad: false },
      ],
      faults: [],
    });
    expect(readOutcomes(`${A}\ttrue`).outcomes).toEqual([{ code: A, bad: true }]);
  });

  it("names every line that cannot be read", () => {
    const { outcomes, faults } = readOutcomes(`代码,违约\n${A},1\n${A},0\n123,1\n${B},maybe\n${B}\n`);
    expect(outcomes).toHaveLength(1);
    expect(faults.map(({ line, fault }) => [line, fault])).toEqual([
      [3, "twice"],
      [4, "code"],
      [5, "bad"],
      [6, "columns"],
    ]);
  });
});
