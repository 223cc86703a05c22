import { expect, it } from "vitest";

import { regionsIn } from "./regions";

it("finds codes however they are separated, each once", () => {
  expect(regionsIn("32、3201, 320281；3201\n33")).toEqual(["32", "3201", "320281", "33"]);
  expect(regionsIn("  ")).toEqual([]);
  expect(regionsIn("苏州")).toEqual(["苏州"]);
});
