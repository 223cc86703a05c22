import type { BatchState } from "../../api/batchDesk";
import type { Tone } from "../../parts/State";

const TONES: Partial<Record<BatchState, Tone>> = {
  published: "good",
  feedback_sent: "good",
  held: "wait",
  rejected: "bad",
};

/** Published is good, held waits for somebody, rejected is bad; what is on its way is accented. */
export function toneOfBatch(state: BatchState): Tone {
  return TONES[state] ?? "accent";
}

/** A share as people read it, `31.2%`; counts stay counts. */
export function asFound(limit: string, value: number): string {
  return limit === "min_rows" ? String(value) : `${(value * 100).toFixed(1)}%`;
}

export type Duty = "decide" | "own" | "look";

/** Who may decide on a held batch: those with the right, except whoever sent it. */
export function dutyOf(may: boolean, person: string, sender: string | null): Duty {
  if (!may) return "look";
  return sender === person ? "own" : "decide";
}
