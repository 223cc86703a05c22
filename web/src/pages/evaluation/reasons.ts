import type { Effect, Evaluation, Reason } from "../../api/ownEvaluation";

const ORDER: readonly Effect[] = ["veto", "lowered", "unknown", "raised"];

/** Reasons by their effect, in the order in which they are read; effects without reasons are left out. */
export function byEffect(reasons: readonly Reason[]): { effect: Effect; reasons: Reason[] }[] {
  return ORDER.map((effect) => ({ effect, reasons: reasons.filter((one) => one.effect === effect) })).filter(
    (one) => one.reasons.length > 0,
  );
}

/** Where the records behind an indicator are in one's own file: the class of the first item, by the catalogue. */
export function itemsBehind(evaluation: Evaluation, indicator: string): string[] {
  return [...new Set((evaluation.facts[indicator] ?? []).map(({ item }) => item))];
}
