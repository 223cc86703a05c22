import type { DefinedField } from "../../api/definitions";
import type { Indicator } from "../../api/evaluationDesk";
import type { Words } from "../../i18n/words";

type Definition = Indicator["definition"];
type Language = "zh" | "en";
export type Line = [name: string, value: string];

/** What is known of an item, so that fields and codes have names. */
export interface Names {
  language: Language;
  fields: readonly DefinedField[];
  indicator: (id: string) => string;
}

/** How an indicator is computed, line by line, as its definition says it. */
export function linesOf(one: Definition, words: Words["indicators"], names: Names): Line[] {
  const lines: Line[] = [[words.pattern, words.patterns[one.pattern]]];
  if (one.pattern === "ratio") {
    lines.push([words.numerator, names.indicator(one.numerator)]);
    lines.push([words.denominator, names.indicator(one.denominator)]);
    return lines;
  }
  const field = (name: string) => fieldName(name, names);
  if ("field" in one) lines.push([words.field, field(one.field)]);
  if ("distinct" in one && one.distinct) lines.push([words.distinct, field(one.distinct)]);
  if ("by" in one) lines.push([words.by, field(one.by)]);
  if ("measure" in one) lines.push([words.measure, words.measures[one.measure]]);
  if ("since" in one) lines.push([words.since, words.sinces[one.since]]);
  if ("date" in one && one.date) lines.push([words.date, field(one.date)]);
  if ("window" in one && one.window) lines.push([words.window, words.months(one.window)]);
  if ("over" in one) lines.push([words.over, words.against[one.against](one.over)]);
  if ("lag" in one && one.lag) lines.push([words.lag, words.lagged(one.lag)]);
  if ("valid" in one && (one.valid || one.pattern === "valid_today"))
    lines.push([words.valid, words.validOnly]);
  for (const when of one.where ?? []) lines.push([words.condition, conditionOf(when, words, names)]);
  lines.push([words.absent, absentOf(one, words)]);
  return lines;
}

function absentOf(one: Definition, words: Words["indicators"]): string {
  if (one.pattern === "flag") return words.absentNo;
  if (one.pattern === "count" || one.pattern === "valid_today") return words.absentZero;
  return "absent" in one && one.absent === "zero" ? words.absentZero : words.absentMissing;
}

type When = NonNullable<Extract<Definition, { pattern: "count" }>["where"]>[number];

function conditionOf(when: When, words: Words["indicators"], names: Names): string {
  const given = when.op === "in" || when.op === "not_in" ? (when.values ?? []) : [when.value];
  const codes = names.fields.find((one) => one.name === when.field)?.codes;
  const values = given.map((value) => valueName(value, codes, words));
  const say: (field: string, values: string) => string = words.when[when.op];
  return say(fieldName(when.field, names), values.join(words.or));
}

function valueName(
  value: unknown,
  codes: DefinedField["codes"] | undefined,
  words: Words["indicators"],
): string {
  if (typeof value === "boolean") return value ? words.yes : words.no;
  const text = String(value);
  const named = codes?.[text];
  return named === undefined ? text : words.quoted(named);
}

function fieldName(name: string, { fields, language }: Names): string {
  return fields.find((one) => one.name === name)?.[language] ?? name;
}

/** The desensitised form in words: bands of numbers, yes or no, groups of codes. */
export function twinOf(one: Definition, words: Words["indicators"], names: Names): string {
  const { twin } = one;
  if (twin.kind === "flag") return words.twinFlag;
  if (twin.kind === "bands") {
    const edges = twin.edges.map((edge) => edge.toLocaleString("en-US", { maximumFractionDigits: 6 }));
    const bands = [words.below(edges[0] ?? "")];
    for (let i = 1; i < edges.length; i++) bands.push(words.between(edges[i - 1] ?? "", edges[i] ?? ""));
    bands.push(words.from(edges.at(-1) ?? ""));
    return words.twinBands(bands.join(words.comma));
  }
  const codes = "field" in one ? names.fields.find((field) => field.name === one.field)?.codes : undefined;
  const groups = twin.groups.map((group) =>
    words.group(group.map((code) => codes?.[code] ?? code).join(words.comma)),
  );
  return words.twinGroups(groups.join(words.semicolon));
}
