import type { Fact, InquiryAnswer } from "../../../api/inquiries";
import { byItem, holds, textOf } from "./facts";

export type FlagName =
  | "registration"
  | "dishonest"
  | "enforcement"
  | "serious"
  | "abnormal"
  | "penalty"
  | "bankruptcy"
  | "litigation"
  | "tax"
  | "insurance"
  | "environment"
  | "seizure"
  | "mortgage"
  | "movable"
  | "pledge";

/**
 * `found`: facts that burden the firm now; `none`: the item was given and says nothing of the kind; `unknown`: it was
 * not given or not asked for, which is not the same.
 */
export interface Flag {
  name: FlagName;
  item: string;
  state: "found" | "past" | "none" | "unknown";
  now: number;
  past: number;
  isGrave: boolean;
}

interface Rule {
  name: FlagName;
  item: string;
  isGrave: boolean;
  concerns?: (fact: Fact) => boolean; // of the item's facts, those meant here
  isOver: (fact: Fact, today: string) => boolean;
}

const ended =
  (field: string) =>
  (fact: Fact, today: string): boolean => {
    const day = textOf(fact, field);
    return day !== "" && day <= today;
  };

/** What a credit officer looks for first, the gravest first. */
const RULES: readonly Rule[] = [
  {
    name: "registration",
    item: "1",
    isGrave: true,
    concerns: (fact) => textOf(fact, "registration_status") !== "1",
    isOver: () => false,
  },
  { name: "serious", item: "13", isGrave: true, isOver: ended("removed_date") },
  { name: "dishonest", item: "10", isGrave: true, isOver: ended("removed_date") },
  {
    name: "enforcement",
    item: "11",
    isGrave: true,
    isOver: (fact, today) => ended("closed_date")(fact, today) || textOf(fact, "case_status") === "3",
  },
  {
    name: "bankruptcy",
    item: "12",
    isGrave: true,
    concerns: (fact) => textOf(fact, "info_type") === "3",
    isOver: ended("closed_date"),
  },
  { name: "abnormal", item: "14", isGrave: true, isOver: ended("removed_date") },
  { name: "tax", item: "16", isGrave: true, isOver: ended("ended_date") },
  { name: "insurance", item: "20", isGrave: true, isOver: ended("cleared_date") },
  {
    name: "penalty",
    item: "8",
    isGrave: false,
    isOver: (fact, today) =>
      ["3", "4"].includes(textOf(fact, "decision_status")) || ended("publicity_to_date")(fact, today),
  },
  {
    name: "environment",
    item: "36",
    isGrave: false,
    concerns: (fact) => textOf(fact, "record_type") === "3",
    isOver: (fact, today) => ended("valid_to")(fact, today) || ended("corrected_date")(fact, today),
  },
  {
    name: "litigation",
    item: "12",
    isGrave: false,
    concerns: (fact) => textOf(fact, "info_type") !== "3" && DEFENDING.has(textOf(fact, "litigation_role")),
    isOver: ended("closed_date"),
  },
  {
    name: "seizure",
    item: "28",
    isGrave: true,
    concerns: (fact) => textOf(fact, "record_type") === "2",
    isOver: ended("released_date"),
  },
  {
    name: "mortgage",
    item: "28",
    isGrave: false,
    concerns: (fact) => textOf(fact, "record_type") === "1",
    isOver: ended("released_date"),
  },
  { name: "movable", item: "29", isGrave: false, isOver: ended("cancelled_date") },
  { name: "pledge", item: "32", isGrave: false, isOver: ended("cancelled_date") },
];
const DEFENDING = new Set(["2", "5", "7", "9", "10"]);

/** Every rule with what the answer says to it. `today`: the day of the answer, `2026-06-01`. */
export function flagsOf(answer: InquiryAnswer, today: string): Flag[] {
  const items = byItem(answer);
  return RULES.map(({ name, item, isGrave, concerns, isOver }) => {
    const given = items.get(item);
    if (given === undefined || !given.decision.allowed) {
      return { name, item, isGrave, state: "unknown", now: 0, past: 0 };
    }
    const facts = given.records.filter((fact) => holds(fact) && (concerns?.(fact) ?? true));
    const now = facts.filter((fact) => !isOver(fact, today)).length;
    const past = facts.length - now;
    return { name, item, isGrave, state: now > 0 ? "found" : past > 0 ? "past" : "none", now, past };
  });
}
