import type { DataUse } from "../../api/collect";

type Line = DataUse["lines"][number];

export interface Sum {
  key: string;
  given: number;
  refused: number;
  subjects: number;
}

/** Lines of one key as one, the most given first. */
export function addUp(lines: readonly Line[], keyOf: (line: Line) => string): Sum[] {
  const sums = new Map<string, Sum>();
  for (const line of lines) {
    const key = keyOf(line);
    const sum = sums.get(key) ?? { key, given: 0, refused: 0, subjects: 0 };
    sums.set(key, {
      key,
      given: sum.given + line.given,
      refused: sum.refused + line.refused,
      subjects: sum.subjects + line.subjects,
    });
  }
  return [...sums.values()].sort((a, b) => b.given - a.given || b.refused - a.refused);
}

/** At most so many parts: the smallest are put together under `rest`; parts of nothing are left out. */
export function largest(parts: { name: string; value: number }[], most: number, rest: string) {
  const shown = parts.filter((part) => part.value > 0);
  if (shown.length <= most) return shown;
  const small = shown.slice(most - 1).reduce((sum, part) => sum + part.value, 0);
  return [...shown.slice(0, most - 1), { name: rest, value: small }];
}
