import { expect, it } from "vitest";

import type { Evaluated } from "../../api/objectionDesk";
import { factsOf, wrongOf } from "./wrong";

const fact = (item: string, number: string) => ({
  item,
  item_name: item,
  provider: "ndrc",
  batch: 3,
  first_seen: "2026-01-01",
  about: { document_no: number },
});
const evaluation = {
  facts: {
    fines_36m: [fact("8", "A")],
    abnormal_operation: [fact("14", "C")],
    penalties_36m: [fact("8", "B"), fact("8", "A")],
  },
} as unknown as Evaluated;

it("lists each record once, those of the indicator first", () => {
  const numbers = factsOf(evaluation, "penalties_36m").map((one) => one.about["document_no"]);
  expect(numbers).toEqual(["B", "A", "C"]);
});

it("names the records found wrong with what is wrong", () => {
  const facts = factsOf(evaluation, null);
  expect(
    wrongOf(
      facts,
      new Map([
        ["1", " 决定已撤销 "],
        ["9", "x"],
      ]),
    ),
  ).toEqual([{ item: "14", batch: 3, about: { document_no: "C" }, what: "决定已撤销" }]);
});
