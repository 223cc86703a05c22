import type { Fact, InquiryAnswer, ItemAnswer } from "../../../api/inquiries";

/** Answers by the number of their item. */
export function byItem(answer: InquiryAnswer): Map<string, ItemAnswer> {
  return new Map(answer.items.map((one) => [one.item, one]));
}

/** A field as text; empty where it is absent. */
export function textOf(fact: Fact, field: string): string {
  const value = fact.data[field];
  return value === undefined || value === null ? "" : String(value);
}

/** A field as a number; null where it is none. */
export function numberOf(fact: Fact, field: string): number | null {
  const text = textOf(fact, field);
  const value = Number(text);
  return text === "" || !Number.isFinite(value) ? null : value;
}

/** The month so many before: `2026-05`, 12 → `2025-05`. */
export function monthsBefore(month: string, back: number): string {
  const count = Number(month.slice(0, 4)) * 12 + Number(month.slice(5, 7)) - 1 - back;
  return `${Math.floor(count / 12)}-${String((count % 12) + 1).padStart(2, "0")}`;
}

/** Sums of a field by the month of another, of facts that hold. */
export function monthly(facts: readonly Fact[], month: string, field: string): Map<string, number> {
  const sums = new Map<string, number>();
  for (const fact of facts) {
    const when = textOf(fact, month).slice(0, 7);
    const value = numberOf(fact, field);
    if (when.length === 7 && value !== null && holds(fact)) sums.set(when, (sums.get(when) ?? 0) + value);
  }
  return sums;
}

/** Whether a fact still counts: not taken back, not repaired. */
export function holds(fact: Fact): boolean {
  return fact.state === "current" || fact.state === "disputed";
}

/** Every month from the first to the last, so that gaps are seen. */
export function monthsBetween(months: Iterable<string>): string[] {
  const sorted = [...months].sort();
  const [first, last] = [sorted[0], sorted.at(-1)];
  if (first === undefined || last === undefined) return [];
  const all: string[] = [];
  for (let back = 0; ; back += 1) {
    const month = monthsBefore(last, back);
    if (month < first || back > 600) break;
    all.unshift(month);
  }
  return all;
}
