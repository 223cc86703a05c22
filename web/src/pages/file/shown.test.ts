import { describe, expect, it } from "vitest";

import type { Fact, FieldDefinition, ItemDefinition } from "../../api/inquiries";
import { columnsOf, courseOf, newestFirst, providerOf, shownValue, split, stateOf } from "./shown";

const field = (name: string, more: Partial<FieldDefinition> = {}) =>
  ({ name, zh: name, en: name, type: "string", ...more }) as FieldDefinition;

const DEFINITION = {
  item: "25",
  slug: "electricity_payment",
  provider: { code: "power", zh: "电网企业", en: "Power grid" },
  subject: { role: "fact", code: "uscc", name: "subject_name" },
  natural_key: ["account_no", "stat_month"],
  update_cycle: { every: "month", lag_days: 25, event_field: "stat_month" },
  fields: [
    field("uscc", { type: "uscc" }),
    field("subject_name"),
    field("account_no"),
    field("use_type", { type: "code", codes: { "1": "大工业(两部制)" } }),
    field("stat_month", { type: "month" }),
    field("quantity", { type: "decimal", unit: "kWh" }),
    field("paid_amount", { type: "decimal", unit: "CNY" }),
    field("is_late", { type: "boolean" }),
    field("note"),
  ],
} as unknown as ItemDefinition;

const fact = (data: Fact["data"], more: Partial<Fact> = {}): Fact => ({
  data: { uscc: "91320111MADEM0011H", account_no: "a1", ...data },
  origin: { provider: "power", platform: "320000", batch: 3, first_seen: "2026-05-30T02:00:00Z" },
  valid_from: null,
  valid_to: null,
  state: "current",
  ...more,
});

const MONTHS = ["2026-03", "2026-01", "2026-02"].map((stat_month, i) =>
  fact({ stat_month, quantity: 100 * (i + 1), paid_amount: "12000.50" }),
);
const SAID = { language: "zh", yes: "是", no: "否" } as const;
const of = (name: string) => DEFINITION.fields.find((one) => one.name === name) as FieldDefinition;

describe("shownValue", () => {
  it("reads codes, amounts and truths as people do", () => {
    expect(shownValue(of("use_type"), "1", SAID)).toBe("大工业（两部制）");
    expect(shownValue(of("use_type"), "9", SAID)).toBe("9");
    expect(shownValue(of("paid_amount"), "12000.50", SAID)).toBe("1.20 万元");
    expect(shownValue(of("quantity"), 100, SAID)).toBe("100 千瓦时");
    expect(shownValue(of("is_late"), false, SAID)).toBe("否");
    expect(shownValue(of("uscc"), "91320111MADEM0011H", SAID)).toBe("91 320111 MADEM0011 H");
    expect(shownValue(of("note"), null, SAID)).toBe("—");
  });
});

describe("split", () => {
  it("tells what is not filled in, and leaves out of whom the fact is", () => {
    const { filled, empty } = split(DEFINITION, fact({ stat_month: "2026-01", is_late: false, note: "" }));
    expect(filled.map(({ name }) => name)).toEqual(["account_no", "stat_month", "is_late"]);
    expect(empty.map(({ name }) => name)).toEqual(["use_type", "quantity", "paid_amount", "note"]);
  });
});

describe("columnsOf", () => {
  const names = (facts: Fact[], most: number) => columnsOf(DEFINITION, facts, most).map(({ name }) => name);

  it("has what tells facts apart and what is filled in, no mark that is the same in all of them", () => {
    expect(names(MONTHS, 6)).toEqual(["stat_month", "quantity", "paid_amount"]);
  });

  it("has money before other figures", () => {
    const unlike = [
      ...MONTHS,
      fact({ account_no: "a2", stat_month: "2026-01", quantity: 7, paid_amount: "3" }),
    ];
    expect(names(unlike, 3)).toEqual(["account_no", "stat_month", "paid_amount"]);
  });
});

describe("newestFirst", () => {
  it("goes by the month that facts are about", () => {
    expect(newestFirst(DEFINITION, MONTHS).map(({ data }) => data["stat_month"])).toEqual([
      "2026-03",
      "2026-02",
      "2026-01",
    ]);
  });
});

describe("courseOf", () => {
  it("adds up each month, oldest first", () => {
    const course = courseOf(DEFINITION, [...MONTHS, fact({ stat_month: "2026-01", quantity: 50 })]);
    expect(course?.months).toEqual(["2026-01", "2026-02", "2026-03"]);
    expect(course?.values).toEqual([250, 300, 100]);
  });

  it("is none where there are too few months", () => {
    expect(courseOf(DEFINITION, MONTHS.slice(0, 2))).toBeNull();
  });
});

describe("stateOf", () => {
  it("tells what holds no longer, or not yet, or is disputed", () => {
    expect(stateOf(fact({}), "2026-06-01")).toBe("current");
    expect(stateOf(fact({}, { valid_to: "2026-05-31" }), "2026-06-01")).toBe("over");
    expect(stateOf(fact({}, { valid_from: "2026-06-02" }), "2026-06-01")).toBe("ahead");
    expect(stateOf(fact({}, { valid_to: "2026-05-31", state: "disputed" }), "2026-06-01")).toBe("disputed");
  });
});

describe("providerOf", () => {
  it("names the provider, or gives the code of another", () => {
    expect(providerOf(DEFINITION, fact({}), "zh")).toBe("电网企业");
    const other = fact({}, { origin: { ...fact({}).origin, provider: "water" } });
    expect(providerOf(DEFINITION, other, "en")).toBe("water");
  });
});
