import type { Statistics } from "../../api/types";

export interface Course {
  name: string;
  values: (number | null)[];
}

/** Rows of all items in each month. */
export function rowsByMonth({ months, collection }: Statistics): number[] {
  return months.map((_, i) => collection.reduce((sum, item) => sum + (item.rows[i] ?? 0), 0));
}

/** Items with what was collected of them in all months together, most first; those without are left out. */
export function rowsByItem(
  { collection }: Statistics,
  language: "zh" | "en",
): { name: string; value: number }[] {
  return collection
    .map((item) => ({ name: item.name[language], value: item.rows.reduce((sum, rows) => sum + rows, 0) }))
    .filter((item) => item.value > 0)
    .sort((a, b) => b.value - a.value);
}

/** A course for each purpose of which a month can be told. */
export function inquiryCourses({ inquiries }: Statistics, language: "zh" | "en"): Course[] {
  return inquiries
    .filter((one) => one.inquiries.some((n) => n !== null && n > 0))
    .map((one) => ({ name: one.name[language], values: one.inquiries }));
}
