import { expect, test } from "vitest";

import type { Evaluation } from "../../api/ownEvaluation";
import { subjectsOf, wishOf } from "./objecting";

const fact = {
  item: "8",
  item_name: "行政处罚",
  provider: "ndrc",
  batch: 3,
  first_seen: "2026-05-01",
  about: { decision_no: "示处〔2026〕1 号" },
};
const evaluation = {
  reasons: [
    { effect: "veto", indicator: "revoked", name: "吊销" },
    { effect: "lowered", indicator: "penalties_36m", name: "处罚次数" },
    { effect: "raised", indicator: "fines_36m", name: "罚款" },
  ],
  facts: { penalties_36m: [fact] },
} as unknown as Evaluation;

test("whatever lowered the evaluation can be objected to, and the records behind it", () => {
  expect([...subjectsOf(evaluation).keys()]).toEqual(["", "revoked", "penalties_36m", "penalties_36m.0"]);
});

test("an objection names what it is about and nothing else", () => {
  const subjects = subjectsOf(evaluation);
  const wish = (key: string) => wishOf(subjects.get(key) ?? { kind: "whole" }, "处罚已经撤销");
  expect(wish("")).toEqual({ about: "whole", text: "处罚已经撤销" });
  expect(wish("revoked")).toEqual({ about: "indicator", indicator: "revoked", text: "处罚已经撤销" });
  expect(wish("penalties_36m.0")).toMatchObject({
    about: "fact",
    fact: { item: "8", batch: 3, about: fact.about },
  });
});
