import type { Grade } from "../../api/ownEvaluation";
import type { Tone } from "../../parts/State";

export const TONES: Readonly<Record<Grade, Tone>> = { 优: "good", 良: "accent", 中: "wait", 差: "bad" };

interface Step {
  grade: Grade;
  score: number; // the least that earns it
}

/** The most points there are. */
export function fullOf(dimensions: readonly { weight: number }[]): number {
  return dimensions.reduce((sum, { weight }) => sum + weight, 0);
}

/** The grades from the lowest to the highest. */
export function rising<S extends Step>(grades: readonly S[]): S[] {
  return [...grades].sort((a, b) => a.score - b.score);
}

/**
 * Where a score lies on a scale on which every grade is as long as any other, in percent of its length: the cut-offs lie
 * close together at the upper end, where most scores are.
 */
export function placeOf(grades: readonly Step[], score: number, full: number): number {
  const steps = rising(grades);
  const place = Math.max(
    0,
    steps.findLastIndex((one) => score >= one.score),
  );
  const from = steps[place]?.score ?? 0;
  const until = steps[place + 1]?.score ?? full;
  const part = until === from ? 1 : Math.min(1, Math.max(0, (score - from) / (until - from)));
  return (100 * (place + part)) / steps.length;
}

/** The grade above the one that a score earns, and how many points are short of it; null at the top. */
export function nextGrade(grades: readonly Step[], score: number): { grade: Grade; points: number } | null {
  const [next] = rising(grades).filter((one) => one.score > score);
  return next === undefined ? null : { grade: next.grade, points: next.score - score };
}
