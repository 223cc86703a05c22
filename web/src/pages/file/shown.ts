import type { Fact, FieldDefinition, ItemDefinition } from "../../api/inquiries";
import { day, isMoney, quantity, spacedCode } from "../../parts/format";
import { typeset } from "../../parts/typeset";

type Value = Fact["data"][string];

interface Said {
  language: "zh" | "en";
  yes: string;
  no: string;
}

/** The value of a field as a person reads it: codes by their names, amounts with their units. */
export function shownValue(field: FieldDefinition, value: Value, said: Said): string {
  if (value === null || value === "") return "—";
  if (typeof value === "boolean") return value ? said.yes : said.no;
  const text = String(value);
  switch (field.type) {
    case "code":
      return typeset(field.codes?.[text] ?? text);
    case "uscc":
    case "subject_code":
      return spacedCode(text);
    case "integer":
    case "decimal":
      return quantity(text, field.unit, said.language);
    case "date":
      return day(text);
    default:
      return typeset(text);
  }
}

export function isNumeric(field: FieldDefinition): boolean {
  return field.type === "integer" || field.type === "decimal";
}

/** Fields that say of whom the fact is: the same in every fact of the own file. */
export function aboutSubject(definition: ItemDefinition): Set<string> {
  const { code, name, old_number: oldNumber } = definition.subject;
  return new Set([code, name, oldNumber].filter((one) => typeof one === "string"));
}

/** A fact's fields that are filled and those that are not, without those that say of whom it is. */
export function split(
  definition: ItemDefinition,
  fact: Fact,
): { filled: FieldDefinition[]; empty: FieldDefinition[] } {
  const subject = aboutSubject(definition);
  const filled: FieldDefinition[] = [];
  const empty: FieldDefinition[] = [];
  for (const field of definition.fields) {
    if (subject.has(field.name)) continue;
    const value = fact.data[field.name];
    (value === undefined || value === null || value === "" ? empty : filled).push(field);
  }
  return { filled, empty };
}

/**
 * The columns of a table of many facts, at most `most`: what tells them apart first, then money and other figures, then
 * states. Marks that are the same in every fact stand in the details only.
 */
export function columnsOf(definition: ItemDefinition, facts: readonly Fact[], most = 6): FieldDefinition[] {
  const subject = aboutSubject(definition);
  const valuesOf = (field: FieldDefinition) => new Set(facts.map(({ data }) => data[field.name] ?? ""));
  const isKey = ({ name }: FieldDefinition) => definition.natural_key.includes(name);
  const used = definition.fields.filter((field) => {
    const values = valuesOf(field);
    return !subject.has(field.name) && (values.size > 1 || (!isKey(field) && !values.has("")));
  });
  const keys = used.filter(isKey);
  const when = used.filter(({ name, type }) => !keys.some((key) => key.name === name) && type === "date");
  const numeric = used.filter((field) => isNumeric(field) && !keys.includes(field));
  const figures = [
    ...numeric.filter(({ unit }) => isMoney(unit)),
    ...numeric.filter(({ unit }) => !isMoney(unit)),
  ];
  const others = used.filter((field) => field.type === "code" && !keys.includes(field));
  const chosen = new Set(
    [...keys.slice(0, 4), ...figures.slice(0, 3), ...others.slice(0, 2), ...when.slice(0, 1), ...used].slice(
      0,
      most,
    ),
  );
  return definition.fields.filter((field) => chosen.has(field));
}

/** The name of whoever sent a fact. */
export function providerOf(definition: ItemDefinition, { origin }: Fact, language: "zh" | "en"): string {
  const { code, zh, en } = definition.provider;
  return origin.provider === code ? { zh, en }[language] : origin.provider;
}

/** Facts by the day or month they are about, newest first. */
export function newestFirst(definition: ItemDefinition, facts: readonly Fact[]): Fact[] {
  const by = definition.update_cycle.event_field;
  const of = (fact: Fact) =>
    String((by === null || by === undefined ? null : fact.data[by]) ?? fact.valid_from ?? "");
  return [...facts].sort((a, b) => of(b).localeCompare(of(a)));
}

export type FactState =
  "current" | "superseded" | "closed" | "disputed" | "repaired" | "withdrawn" | "over" | "ahead";
const KNOWN = new Set(["current", "superseded", "closed", "disputed", "repaired", "withdrawn"]);

/** How a fact stands on a day (`2026-06-01`): its state, or that it holds no longer or not yet. */
export function stateOf(fact: Fact, on: string): FactState {
  if (fact.state === "current" || !KNOWN.has(fact.state)) {
    if (fact.valid_to !== null && fact.valid_to < on) return "over";
    if (fact.valid_from !== null && fact.valid_from > on) return "ahead";
    return "current";
  }
  return fact.state as FactState;
}

/** Amounts of a course of time: the month or period of each fact and one figure; null where there is no course. */
export function courseOf(
  definition: ItemDefinition,
  facts: readonly Fact[],
): { field: FieldDefinition; months: string[]; values: number[] } | null {
  const by = definition.update_cycle.event_field;
  if (definition.update_cycle.every !== "month" || typeof by !== "string" || facts.length < 3) return null;
  const field = COURSES[definition.slug];
  const found = definition.fields.find(({ name }) => name === field);
  if (found === undefined) return null;
  const sums = new Map<string, number>();
  for (const { data } of facts) {
    const month = String(data[by] ?? "").slice(0, 7);
    const value = Number(data[found.name] ?? Number.NaN);
    if (month.length === 7 && Number.isFinite(value)) sums.set(month, (sums.get(month) ?? 0) + value);
  }
  if (sums.size < 3) return null;
  const months = [...sums.keys()].sort();
  return { field: found, months, values: months.map((month) => sums.get(month) ?? 0) };
}

const COURSES: Readonly<Record<string, string>> = {
  tax_declaration: "paid_amount",
  social_insurance_payment: "payable",
  housing_fund: "paid_amount",
  water_payment: "quantity",
  electricity_payment: "quantity",
  gas_payment: "quantity",
};
