import { describe, expect, it } from "vitest";

import type { DefinedField } from "../../api/definitions";
import type { Indicator, Model } from "../../api/evaluationDesk";
import { zh } from "../../i18n/zh";
import { matching, usesOf } from "./search";
import { linesOf, twinOf } from "./sentences";

const definition: Indicator["definition"] = {
  id: "penalties_36m",
  name: { zh: "近36个月行政处罚次数", en: "Penalties within 36 months" },
  meaning: "作出的行政处罚决定数。",
  unit: "piece",
  direction: "lower",
  twin: { kind: "bands", edges: [1, 3, 10] },
  pattern: "count",
  item: "8",
  date: "decision_date",
  window: 36,
  valid: true,
  where: [{ field: "decision_status", op: "in", values: ["1", "2"] }],
};
const indicator: Indicator = {
  id: definition.id,
  topic: "行政处罚",
  name: definition.name.zh,
  meaning: definition.meaning,
  unit: "piece",
  direction: "lower",
  kind: "integer",
  items: ["8"],
  definition,
};
const field = (name: string, zhName: string, codes: Record<string, string> | null) =>
  ({ name, zh: zhName, en: name, codes }) as unknown as DefinedField;
const names = {
  language: "zh" as const,
  fields: [
    field("decision_date", "决定日期", null),
    field("decision_status", "决定状态", { "1": "有效", "2": "变更" }),
  ],
  indicator: (id: string) => id,
};

describe("an indicator in words", () => {
  it("says fields, windows, conditions and codes by their names", () => {
    const said = linesOf(definition, zh.indicators, names);
    expect(said.map(([, value]) => value)).toEqual([
      "数记录：有几条",
      "决定日期",
      "截至日之前 36 个月",
      "只取截至日有效的记录",
      "决定状态为“有效”或“变更”",
      "按 0 计",
    ]);
  });

  it("says in which bands others see it", () => {
    expect(twinOf(definition, zh.indicators, names)).toBe("分档：不到 1、1 至不到 3、3 至不到 10、10 及以上");
  });
});

describe("finding indicators", () => {
  const asked = { text: "", topic: "", direction: "", use: "" };
  const model = {
    state: "in_force",
    document: {
      dimensions: [{ id: "law", indicators: [{ indicator: "penalties_36m", weight: 80 }] }],
      vetoes: [{ indicator: "penalties_36m" }],
    },
  } as unknown as Model;

  it("looks at names in both languages, ids and meanings", () => {
    const found = (text: string) => matching([indicator], { ...asked, text }, new Map()).length;
    expect([found("处罚 36"), found("PENALTIES"), found("纳税")]).toEqual([1, 1, 0]);
  });

  it("knows which models use it, and leaves out what is retired", () => {
    const uses = usesOf([model, { ...model, state: "retired" }]);
    expect(uses.get("penalties_36m")).toEqual([{ model, dimension: "law", weight: 80, vetoes: true }]);
    expect(matching([indicator], { ...asked, use: "unused" }, uses)).toEqual([]);
    expect(matching([indicator], { ...asked, use: "used" }, uses)).toHaveLength(1);
  });
});
