import type { Consent, ConsentState } from "../../api/consents";
import type { Tone } from "../../parts/State";

export type Standing = ConsentState | "witness";

/** How an authorisation stands, with one state more: signed, and waiting for its witness. */
export function standingOf(consent: Pick<Consent, "state" | "signed_at">): Standing {
  if (consent.state === "pending" && consent.signed_at !== null) return "witness";
  return consent.state as ConsentState;
}

export const TONES: Readonly<Record<Standing, Tone>> = {
  draft: "calm",
  pending: "wait",
  witness: "wait",
  active: "good",
  paused: "wait",
  revoked: "bad",
  exhausted: "calm",
  rejected: "bad",
  expired: "calm",
};

/** The last day (China) of what ends before a moment: an authorisation that ends at midnight holds the day before. */
export function lastDay(end: string): string {
  return new Date(new Date(end).getTime() - 1000 + 8 * 3_600_000).toISOString().slice(0, 10);
}

/** Whole days from `now` until something ends; 0 on its last day, negative when it is over. */
export function daysLeft(end: string, now: Date): number {
  const of = (day: string) => Date.parse(`${day}T00:00:00Z`) / 86_400_000;
  const today = new Date(now.getTime() + 8 * 3_600_000).toISOString().slice(0, 10);
  return new Date(end) <= now ? -1 : of(lastDay(end)) - of(today);
}
