import type { CourseEntry } from "../../api/ownEvaluation";

/**
 * The score over time, oldest first, a gap where the firm was not evaluated. An entry holds until the next one: the last
 * holds `until`.
 */
export function scoresOf(
  entries: readonly CourseEntry[],
  until: string,
): { days: string[]; scores: (number | null)[] } {
  const rising: Pick<CourseEntry, "day" | "score">[] = [...entries].sort((a, b) =>
    a.day.localeCompare(b.day),
  );
  const last = rising.at(-1);
  if (last !== undefined && last.day < until) rising.push({ day: until, score: last.score });
  return { days: rising.map(({ day }) => day), scores: rising.map(({ score }) => score) };
}

/** Where the axis of scores begins, so that changes of some points can be seen. */
export function axisFrom(scores: readonly (number | null)[]): number {
  const known = scores.filter((one) => one !== null);
  return known.length === 0 ? 0 : Math.max(0, Math.floor((Math.min(...known) - 20) / 50) * 50);
}
