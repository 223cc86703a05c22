import { describe, expect, it } from "vitest";

import type { Fact, InquiryAnswer, ItemAnswer } from "../../../api/inquiries";
import { linesOf } from "../../batch-inquiries/result";
import { byYear, eventsOf } from "./events";
import { monthsBefore, monthsBetween } from "./facts";
import { coursesOf, figuresOf } from "./figures";
import { flagsOf } from "./flags";

const TODAY = "2026-06-01";

const fact = (data: Fact["data"], state = "current"): Fact => ({
  data,
  origin: { provider: "tax", platform: "320000", batch: 1, first_seen: "2026-05-01T00:00:00Z" },
  valid_from: null,
  valid_to: null,
  state,
});

const item = (number: string, records: Fact[], allowed = true): ItemAnswer => ({
  item: number,
  name: `事项 ${number}`,
  source_status: "reconstructed",
  decision: {
    allowed,
    view: allowed ? "full" : null,
    code: allowed ? "open_information" : "consent_missing",
    reason: "",
    remedy: "",
    withheld: [],
    masked: [],
    consent: null,
    kept_back: null,
  },
  rows: records.length,
  version: 1,
  updated_at: null,
  records,
});

const answer = (...items: ItemAnswer[]): InquiryAnswer => ({
  inquiry: "1",
  leaf: 7,
  repeated: false,
  subject: {
    code: "91320111XN00000121",
    old_number: null,
    name: "示例",
    kind: "enterprise",
    division: null,
    industry: null,
    status: "1",
    size_class: "micro",
  },
  purpose: "pre_loan",
  as_of: null,
  answered_at: "2026-06-01T02:00:00Z",
  items,
});

const stateOf = (name: string, told: InquiryAnswer) => flagsOf(told, TODAY).find((one) => one.name === name);

describe("what is to be noted", () => {
  it("tells what is so from what was, what is not and what is not known", () => {
    const told = answer(
      item("13", [
        fact({ listed_date: "2025-01-01" }),
        fact({ listed_date: "2024-01-01", removed_date: "2024-06-01" }),
      ]),
      item("14", [fact({ listed_date: "2024-01-01", removed_date: "2025-01-01" })]),
      item("10", []),
      item("20", [], false),
    );
    expect(stateOf("serious", told)).toMatchObject({ state: "found", now: 1, past: 1 });
    expect(stateOf("abnormal", told)).toMatchObject({ state: "past", now: 0, past: 1 });
    expect(stateOf("dishonest", told)?.state).toBe("none");
    expect(stateOf("insurance", told)?.state).toBe("unknown"); // refused
    expect(stateOf("tax", told)?.state).toBe("unknown"); // not asked for
  });

  it("does not count what was repaired or withdrawn, nor plaintiffs, nor firms in existence", () => {
    const told = answer(
      item("1", [fact({ registration_status: "1" })]),
      item("8", [fact({ decision_status: "1" }, "repaired"), fact({ decision_status: "3" })]),
      item("12", [fact({ info_type: "1", litigation_role: "1" }), fact({ info_type: "3" })]),
    );
    expect(stateOf("registration", told)?.state).toBe("none");
    expect(stateOf("penalty", told)?.state).toBe("past");
    expect(stateOf("litigation", told)?.state).toBe("none");
    expect(stateOf("bankruptcy", told)?.state).toBe("found");
  });
});

describe("figures and courses", () => {
  const months = monthsBetween(["2024-05", "2026-04"]);
  const vat = months.map((month) =>
    fact({
      tax_type: "10101",
      period_to: `${month}-28`,
      sales_revenue: month >= "2025-05" ? "120.00" : "100.00",
    }),
  );

  it("knows months", () => {
    expect(monthsBefore("2026-01", 1)).toBe("2025-12");
    expect(monthsBefore("2026-05", 24)).toBe("2024-05");
    expect(months).toHaveLength(24);
  });

  it("sums twelve months and compares them with the twelve before", () => {
    const told = answer(
      item("17", [...vat, fact({ tax_type: "10104", period_to: "2026-04-30", sales_revenue: "9" })]),
    );
    const { sales } = figuresOf(told);
    expect(sales).toMatchObject({ value: 1440, until: "2026-04" });
    expect(sales?.change).toBeCloseTo(0.2);
    expect(figuresOf(answer(item("17", vat.slice(-6)))).sales?.change).toBeNull();
    expect(figuresOf(answer()).sales).toBeNull();
  });

  it("draws gaps where a month is missing, and nothing of a single month", () => {
    const use = (month: string, quantity: string) => fact({ stat_month: month, quantity });
    const [course] = coursesOf(
      answer(item("25", [use("2026-01", "5"), use("2026-03", "7"), use("2026-03", "1")])),
    );
    expect(course).toMatchObject({ name: "power", labels: ["2026-01", "2026-02", "2026-03"] });
    expect(course?.series[0]?.values).toEqual([5, null, 8]);
    expect(coursesOf(answer(item("25", [use("2026-01", "5")])))).toEqual([]);
  });
});

describe("the timeline", () => {
  it("takes the dates of facts, newest first, and nothing that is still to come", () => {
    const told = answer(
      item("14", [fact({ listed_date: "2024-01-01", removed_date: "2026-07-01", listed_reason: "1" })]),
      item("15", [fact({ evaluated_date: "2025-04-20", tax_credit_grade: "A" })]),
      item("36", [fact({ record_type: "1", decision_date: "2023-03-03", document_no: "X" })]),
    );
    const events = eventsOf(told, TODAY);
    expect(events.map(({ day, kind, what }) => [day, kind, what])).toEqual([
      ["2025-04-20", "grade", "graded"],
      ["2024-01-01", "burden", "listed"],
      ["2023-03-03", "permit", "issued"],
    ]);
    expect(byYear(events).map(([year]) => year)).toEqual(["2025", "2024", "2023"]);
  });
});

describe("the result of a batch", () => {
  it("puts first what is to be noted, then what has no answer", () => {
    const clean = answer(item("13", []));
    const noted = answer(item("13", [fact({ listed_date: "2025-01-01" })]));
    const error = { code: "subject_unknown", message: "没有找到", hint: "" };
    const lines = linesOf([
      { subject: "a", answer: clean },
      { subject: "b", error },
      { subject: "c", answer: noted },
    ]);
    expect(lines.map(({ place }) => place)).toEqual([2, 1, 0]);
    expect(lines[0]).toMatchObject({ flags: ["serious"], given: 1, rows: 1, leaf: 7 });
    expect(lines[1]).toMatchObject({ fault: "没有找到", name: null });
  });
});
