import type { Batch, BatchState } from "../../api/collect";

export const STEPS = [
  "received",
  "parsed",
  "checked",
  "compared",
  "deduplicated",
  "loaded",
  "published",
] as const satisfies readonly BatchState[];

export type Step = (typeof STEPS)[number];
export type Standing = "done" | "now" | "stopped" | "ahead";

/**
 * How each step of a batch stands. A batch says the last step that is behind it: the next one is under way. A held or
 * rejected one has stopped where its figures end.
 */
export function courseOf(
  batch: Pick<Batch, "state" | "counts" | "held_for" | "quality">,
): [Step, Standing][] {
  const { state } = batch;
  if (state === "held" || state === "rejected") {
    const stopped = stoppedAt(batch);
    return STEPS.map((step, at) => [step, at < stopped ? "done" : at === stopped ? "stopped" : "ahead"]);
  }
  const last = state === "feedback_sent" ? STEPS.length - 1 : STEPS.indexOf(state);
  return STEPS.map((step, at) => [step, at <= last ? "done" : at === last + 1 ? "now" : "ahead"]);
}

function stoppedAt({ state, counts, held_for }: Pick<Batch, "state" | "counts" | "held_for">): number {
  if (state === "held") {
    const limits = (held_for ?? []).map((one) => String(one["limit"] ?? ""));
    const ofComparison = limits.some(
      (limit) => limit === "max_deletions" || limit === "min_rows_vs_previous",
    );
    return STEPS.indexOf(ofComparison ? "compared" : "checked");
  }
  return counts.read === 0 ? STEPS.indexOf("parsed") : STEPS.indexOf("published");
}

/** `field|CODE` or `CODE` of a batch's reasons. */
export function splitReason(reason: string): { field: string | null; code: string } {
  const at = reason.lastIndexOf("|");
  return at < 0 ? { field: null, code: reason } : { field: reason.slice(0, at), code: reason.slice(at + 1) };
}
