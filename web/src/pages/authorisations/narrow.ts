import type { ConsentDetail, Narrowing } from "../../api/consents";
import { lastDay } from "./standing";

/** What the firm would give: all that is asked for, or less. */
export interface Choice {
  items: Record<string, string[] | null>; // those that are left, with their fields; null: all of them
  lastDay: string;
  maxCalls: number | null;
  months: number | null;
  retention: number;
}

/** What of an artefact is used here; the interface describes it as an open object, so its shape is stated. */
interface Terms {
  items: Record<string, string[] | null>;
  valid_to: string;
  max_calls: number | null;
  data: { months: number | null } | null;
  retention_days: number;
}

/** The terms as the institution asked for them. */
export function askedOf(detail: ConsentDetail): Choice {
  return choiceOf(detail.requested as unknown as Terms);
}

/** The terms as they stand: what was asked for, or what was prepared before. */
export function currentOf(detail: ConsentDetail): Choice {
  return choiceOf(detail.artefact as unknown as Terms);
}

/** The text of the separate consent that is asked for; null where no personal information is. */
export function personalTextOf(detail: ConsentDetail): string | null {
  const { personal } = detail.requested as unknown as { personal: { text: { content: string } } | null };
  return personal?.text.content ?? null;
}

function choiceOf(terms: Terms): Choice {
  return {
    items: terms.items,
    lastDay: lastDay(terms.valid_to),
    maxCalls: terms.max_calls,
    months: terms.data?.months ?? null,
    retention: terms.retention_days,
  };
}

/** What of the choice differs from what is asked for, as the node takes it; empty where all is given. */
export function narrowing(asked: Choice, choice: Choice): Narrowing {
  const less: Narrowing = {};
  if (!sameItems(asked.items, choice.items)) less.items = choice.items;
  if (choice.lastDay !== asked.lastDay) less.valid_to = choice.lastDay;
  if (choice.maxCalls !== null && choice.maxCalls !== asked.maxCalls) less.max_calls = choice.maxCalls;
  if (choice.months !== null && choice.months !== asked.months) less.data = { months: choice.months };
  if (choice.retention !== asked.retention) less.retention_days = choice.retention;
  return less;
}

export function isNarrowed(asked: Choice, choice: Choice): boolean {
  return Object.keys(narrowing(asked, choice)).length > 0;
}

/** Whether a choice can be prepared at all: something is left, nothing is more than was asked for. */
export function faultOf(asked: Choice, choice: Choice, today: string): "noItems" | "wrongTerm" | null {
  const names = Object.entries(choice.items);
  if (names.length === 0 || names.some(([, fields]) => fields?.length === 0)) return "noItems";
  const isMore = (mine: number | null, theirs: number | null, least: number) =>
    mine !== null && (!Number.isInteger(mine) || mine < least || (theirs !== null && mine > theirs));
  if (
    choice.lastDay > asked.lastDay ||
    choice.lastDay < today ||
    isMore(choice.maxCalls, asked.maxCalls, 1) ||
    isMore(choice.months, asked.months, 1) ||
    isMore(choice.retention, asked.retention, 0)
  ) {
    return "wrongTerm";
  }
  return null;
}

/** An item taken away or put back as it was asked for. */
export function withItem(asked: Choice, choice: Choice, item: string, isGiven: boolean): Choice {
  const others = Object.entries(choice.items).filter(([name]) => name !== item);
  const added: [string, string[] | null][] = isGiven ? [[item, asked.items[item] ?? null]] : [];
  return { ...choice, items: Object.fromEntries([...others, ...added]) };
}

/** The fields of an item that are given, of those that may be; all of them is written as it was asked for. */
export function withFields(
  asked: Choice,
  choice: Choice,
  item: string,
  fields: string[],
  all: string[],
): Choice {
  const before = asked.items[item] ?? null;
  const whole = before ?? all;
  const chosen = whole.filter((one) => fields.includes(one));
  return { ...choice, items: { ...choice.items, [item]: chosen.length === whole.length ? before : chosen } };
}

function sameItems(a: Choice["items"], b: Choice["items"]): boolean {
  const names = Object.keys(a);
  return (
    names.length === Object.keys(b).length &&
    names.every((name) => name in b && JSON.stringify(a[name]) === JSON.stringify(b[name]))
  );
}
