import { describe, expect, it } from "vitest";

import { codesIn } from "./codes";

const A = "91320111XN00000121";
const B = "91320100748204660Q";

describe("codes in a text", () => {
  it("reads one a line, each once", () => {
    expect(codesIn(`${A}\n\n ${B.toLowerCase()} \r\n${A}\n`)).toEqual({
      codes: [A, B],
      repeated: 1,
      wrong: [],
    });
  });

  it("takes codes out of a sheet and names the lines without one", () => {
    const read = codesIn(`统一社会信用代码,名称\n${A},示例公司\n"某某公司",缺代码`);
    expect(read.codes).toEqual([A]);
    expect(read.wrong).toEqual(["统一社会信用代码,名称", '"某某公司",缺代码']);
  });

  it("does not mind spaces in a code that stands alone, and takes old numbers", () => {
    expect(codesIn("91320100 748204660 Q").codes).toEqual([B]);
    expect(codesIn("320100000012345").codes).toEqual(["320100000012345"]);
    expect(codesIn("1234567").wrong).toEqual(["1234567"]);
  });
});
