import type { Fact, InquiryAnswer, ItemDefinition } from "../../../api/inquiries";
import type { Tone } from "../../../parts/State";
import { holds, textOf } from "./facts";

export type EventKind = "register" | "permit" | "burden" | "relief" | "grade" | "asset" | "honour";

/** One dated thing in the life of a firm. */
export interface LifeEvent {
  day: string;
  item: string;
  name: string; // of the item
  kind: EventKind;
  what: string; // code of the words: listed, removed …
  details: { field: string; fact: Fact }[];
}

interface Step {
  item: string;
  date: string;
  what: string;
  kind: EventKind;
  fields: readonly string[];
  of?: (fact: Fact) => boolean;
}

const is = (field: string, value: string) => (fact: Fact) => textOf(fact, field) === value;

/** Which dates of which items are events, and which fields say what happened. */
const STEPS: readonly Step[] = [
  { item: "1", date: "established_date", what: "established", kind: "register", fields: ["authority"] },
  { item: "1", date: "changed_date", what: "changed", kind: "register", fields: ["change_item"] },
  { item: "1", date: "revoked_date", what: "revoked", kind: "burden", fields: ["authority"] },
  { item: "1", date: "cancelled_date", what: "cancelled", kind: "burden", fields: ["cancel_reason"] },
  {
    item: "2",
    date: "entered_date",
    what: "joined",
    kind: "register",
    fields: ["shareholder_name", "subscribed_amount"],
  },
  { item: "2", date: "exited_date", what: "left", kind: "register", fields: ["shareholder_name"] },
  {
    item: "5",
    date: "issue_date",
    what: "issued",
    kind: "permit",
    fields: ["certificate_name", "qualification_grade", "valid_to"],
  },
  {
    item: "6",
    date: "issue_date",
    what: "issued",
    kind: "permit",
    fields: ["certification_project", "valid_to"],
  },
  {
    item: "7",
    date: "decision_date",
    what: "issued",
    kind: "permit",
    fields: ["permit_content", "permit_certificate_name", "valid_to"],
  },
  {
    item: "8",
    date: "decision_date",
    what: "punished",
    kind: "burden",
    fields: ["penalty_type", "fine_amount", "violation_type", "authority"],
  },
  {
    item: "9",
    date: "decision_date",
    what: "acted",
    kind: "register",
    fields: ["act_type", "act_name", "inspection_result"],
  },
  {
    item: "10",
    date: "publication_date",
    what: "listed",
    kind: "burden",
    fields: ["court", "dishonest_circumstance"],
  },
  { item: "10", date: "removed_date", what: "removed", kind: "relief", fields: ["court", "removed_reason"] },
  {
    item: "11",
    date: "publication_date",
    what: "enforced",
    kind: "burden",
    fields: ["info_type", "target_amount", "court"],
  },
  {
    item: "11",
    date: "closed_date",
    what: "closed",
    kind: "relief",
    fields: ["info_type", "closing_method"],
  },
  {
    item: "12",
    date: "publication_date",
    what: "sued",
    kind: "burden",
    fields: ["info_type", "litigation_role", "cause", "target_amount"],
  },
  { item: "13", date: "listed_date", what: "listed", kind: "burden", fields: ["list_kind", "listed_facts"] },
  {
    item: "13",
    date: "removed_date",
    what: "removed",
    kind: "relief",
    fields: ["list_kind", "removed_reason"],
  },
  { item: "14", date: "listed_date", what: "listed", kind: "burden", fields: ["listed_reason", "authority"] },
  {
    item: "14",
    date: "removed_date",
    what: "removed",
    kind: "relief",
    fields: ["removed_reason", "removed_authority"],
  },
  {
    item: "15",
    date: "evaluated_date",
    what: "graded",
    kind: "grade",
    fields: ["evaluation_year", "tax_credit_grade"],
  },
  {
    item: "16",
    date: "publication_date",
    what: "published",
    kind: "burden",
    fields: ["info_type", "overdue_balance", "tax_type"],
  },
  { item: "16", date: "ended_date", what: "removed", kind: "relief", fields: ["info_type", "ended_reason"] },
  {
    item: "20",
    date: "cutoff_date",
    what: "owed",
    kind: "burden",
    fields: ["insurance_type", "arrears_amount"],
  },
  { item: "20", date: "cleared_date", what: "cleared", kind: "relief", fields: ["insurance_type"] },
  { item: "22", date: "credit_level_date", what: "graded", kind: "grade", fields: ["credit_level"] },
  {
    item: "27",
    date: "registered_date",
    what: "registered",
    kind: "asset",
    fields: ["right_type", "location"],
  },
  {
    item: "28",
    date: "registered_date",
    what: "encumbered",
    kind: "asset",
    fields: ["record_type", "secured_amount", "mortgagee"],
  },
  { item: "28", date: "released_date", what: "released", kind: "relief", fields: ["record_type"] },
  {
    item: "29",
    date: "registered_date",
    what: "encumbered",
    kind: "asset",
    fields: ["security_kind", "secured_amount", "secured_party"],
  },
  { item: "29", date: "cancelled_date", what: "released", kind: "relief", fields: ["security_kind"] },
  { item: "30", date: "grant_date", what: "granted", kind: "honour", fields: ["patent_type", "title"] },
  {
    item: "31",
    date: "registered_date",
    what: "registered",
    kind: "honour",
    fields: ["right_kind", "title"],
  },
  {
    item: "32",
    date: "registered_date",
    what: "encumbered",
    kind: "asset",
    fields: ["right_kind", "secured_amount", "pledgee"],
  },
  {
    item: "33",
    date: "publication_date",
    what: "recognised",
    kind: "honour",
    fields: ["recognition_type", "recognition_level"],
  },
  {
    item: "33",
    date: "cancelled_date",
    what: "withdrawn",
    kind: "burden",
    fields: ["recognition_type", "cancel_reason"],
  },
  {
    item: "35",
    date: "publication_date",
    what: "graded",
    kind: "grade",
    fields: ["evaluation_year", "evaluation_level"],
  },
  {
    item: "36",
    date: "decision_date",
    what: "punished",
    kind: "burden",
    fields: ["violation_kind", "fine_amount"],
    of: is("record_type", "3"),
  },
  {
    item: "36",
    date: "decision_date",
    what: "issued",
    kind: "permit",
    fields: ["document_no", "valid_to"],
    of: (fact) => !is("record_type", "3")(fact),
  },
];

export const EVENT_ITEMS = [...new Set(STEPS.map((step) => step.item))];

export const TONES: Record<EventKind, Tone> = {
  register: "calm",
  permit: "accent",
  burden: "bad",
  relief: "good",
  grade: "accent",
  asset: "wait",
  honour: "good",
};

/** Everything dated that the answer tells of, newest first; things to come are not events yet. */
export function eventsOf(answer: InquiryAnswer, today: string): LifeEvent[] {
  const found: LifeEvent[] = [];
  for (const item of answer.items) {
    for (const step of STEPS) {
      if (step.item !== item.item) continue;
      for (const fact of item.records) {
        const day = textOf(fact, step.date).slice(0, 10);
        if (day.length !== 10 || day > today || !holds(fact) || step.of?.(fact) === false) continue;
        const details = step.fields.filter((field) => textOf(fact, field) !== "");
        found.push({
          day,
          item: item.item,
          name: item.name,
          kind: step.kind,
          what: step.what,
          details: details.map((field) => ({ field, fact })),
        });
      }
    }
  }
  return found.sort((a, b) => b.day.localeCompare(a.day) || Number(a.item) - Number(b.item));
}

/** Years with their events, newest first. */
export function byYear(events: readonly LifeEvent[]): [year: string, events: LifeEvent[]][] {
  const years = new Map<string, LifeEvent[]>();
  for (const event of events) {
    const year = event.day.slice(0, 4);
    years.set(year, [...(years.get(year) ?? []), event]);
  }
  return [...years];
}

export type Definitions = ReadonlyMap<string, ItemDefinition>;
