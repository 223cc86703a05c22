import { expect, it } from "vitest";

import type { Criteria } from "../../api/modules";
import { zh } from "../../i18n/zh";
import { clausesOf } from "./criteria";

const names = {
  part: (id: string) => id,
  kind: (id: string) => id,
  size: (id: string) => id,
  indicator: (id: string) => id,
};
const open: Criteria = {
  degrees: [],
  parts: [],
  kinds: [],
  sizes: [],
  divisions: [],
  statuses: [],
  grades: [],
  indicators: [],
};

it("says each condition once, and nothing where nothing is asked", () => {
  expect(clausesOf(open, zh.modulePages, names)).toEqual([]);
  const asked: Criteria = {
    ...open,
    degrees: ["member", "possible"],
    statuses: ["1"],
    grades: ["优", "良"],
    indicators: [{ indicator: "specialised_firm", op: "ge", value: 1 }],
  };
  expect(clausesOf(asked, zh.modulePages, names)).toEqual([
    "判定为属于或可能属于",
    "登记状态为存续",
    "信用等级为优、良",
    "specialised_firm不少于 1",
  ]);
});
