import type { DayUse } from "../../api/usage";

const PARTS = ["inquiries", "whole", "partly", "refused", "authorised"] as const;
export type Sums = Record<(typeof PARTS)[number], number>;

/** Sums over days and purposes. */
export function sumOf(days: readonly DayUse[]): Sums {
  const sums: Sums = { inquiries: 0, whole: 0, partly: 0, refused: 0, authorised: 0 };
  for (const one of days) for (const part of PARTS) sums[part] += one[part];
  return sums;
}

/** The sums of each purpose, the most used first. */
export function byPurpose(days: readonly DayUse[]): [purpose: string, sums: Sums][] {
  const purposes = new Set(days.map((one) => one.purpose));
  return [...purposes]
    .map((purpose): [string, Sums] => [purpose, sumOf(days.filter((one) => one.purpose === purpose))])
    .sort(([, a], [, b]) => b.inquiries - a.inquiries);
}

/** Every day from the first to the last, with its sums; days without inquiries are nought. */
export function byDay(days: readonly DayUse[], since: string, until: string): [day: string, sums: Sums][] {
  const found: [string, Sums][] = [];
  const last = Date.parse(until);
  for (let at = Date.parse(since); at <= last; at += 86_400_000) {
    const day = new Date(at).toISOString().slice(0, 10);
    found.push([day, sumOf(days.filter((one) => one.day === day))]);
  }
  return found;
}
