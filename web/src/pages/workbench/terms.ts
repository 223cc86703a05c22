import type { ConsentPurpose, ConsentWish } from "../../api/consents";
import { day } from "../../parts/format";

/** What an officer fills in when it asks a firm. */
export interface Terms {
  items: string[];
  days: number;
  months: number | null;
  calls: number | null;
  note?: string; // where the purpose has to be said in words
  personal?: boolean; // where an item can hold personal fields
}

/** Lengths to choose from: common ones up to the most, and the purpose's own. */
export function lengthsOf(usual: number, most: number): number[] {
  return [...new Set([7, 30, 60, 90, 180, 365, usual, most])]
    .filter((one) => one <= most)
    .sort((a, b) => a - b);
}

/**
 * The request. What is as the purpose has it is left out, for the node to fill in; the person's consent is asked for
 * where an item chosen can hold personal fields.
 */
export function wishOf(subject: string, purpose: ConsentPurpose, terms: Terms, now: Date): ConsentWish {
  const { limits } = purpose;
  const personal = terms.personal === true ? terms.items.filter((one) => purpose.personal.includes(one)) : [];
  const wish: ConsentWish = {
    subject,
    purpose: purpose.purpose,
    items: Object.fromEntries(terms.items.map((one) => [one, null])),
    purpose_note: (terms.note ?? "").trim(),
    onward: [],
    personal,
    draft: false,
  };
  if (terms.days !== limits["usual_days"]) wish.valid_to = lastDayOf(terms.days, now);
  if (typeof terms.calls === "number") wish.max_calls = terms.calls;
  if (terms.months !== null && terms.months !== limits["max_months"]) wish.data = { months: terms.months };
  return wish;
}

/** The last of so many days, today being the first; days of China. */
export function lastDayOf(days: number, now: Date): string {
  return day(new Date(now.getTime() + (days - 1) * 86_400_000).toISOString());
}
