import type { Objection } from "../../api/objectionDesk";
import type { Tone } from "../../parts/State";

export const OBJECTION_TONES: Readonly<Record<Objection["state"], Tone>> = {
  received: "wait",
  in_review: "accent",
  upheld: "good",
  partly: "good",
  rejected: "calm",
  withdrawn: "calm",
};

export function isOpen(one: Pick<Objection, "state">): boolean {
  return one.state === "received" || one.state === "in_review";
}

/** Whole days from one day to another, both as `2026-06-01`. */
export function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(to) - Date.parse(from)) / 86_400_000);
}
