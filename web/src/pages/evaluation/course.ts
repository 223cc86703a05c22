import type { CourseEntry } from "../../api/ownEvaluation";

/** The score over time, oldest first, a gap where the firm was not evaluated. */
export function scoresOf(entries: readonly CourseEntry[]): { days: string[]; scores: (number | null)[] } {
  const rising = [...entries].sort((a, b) => a.day.localeCompare(b.day));
  return { days: rising.map(({ day }) => day), scores: rising.map(({ score }) => score) };
}

/** Where the axis of scores begins, so that changes of some points can be seen. */
export function axisFrom(scores: readonly (number | null)[]): number {
  const known = scores.filter((one) => one !== null);
  return known.length === 0 ? 0 : Math.max(0, Math.floor((Math.min(...known) - 20) / 50) * 50);
}
