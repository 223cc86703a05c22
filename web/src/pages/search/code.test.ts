import { describe, expect, it } from "vitest";

import { asCode, pathOf } from "./code";

describe("codes", () => {
  it("are found however they are spaced", () => {
    expect(asCode("91320100 748204660 q")).toBe("91320100748204660Q");
    expect(asCode("9132-0100-7482-0466-0Q")).toBe("91320100748204660Q");
  });

  it("are not names or parts of codes", () => {
    expect(asCode("晨曦精密机械")).toBeNull();
    expect(asCode("91320100")).toBeNull();
    expect(asCode("91320100748204660I")).toBeNull();
  });

  it("lead to the workbench", () => {
    expect(pathOf({ code: "91320100748204660Q", old_number: null })).toBe("/workbench/91320100748204660Q");
    expect(pathOf({ code: null, old_number: "3201/1" })).toBe("/workbench/3201%2F1");
  });
});
