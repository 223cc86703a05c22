import type { Part } from "../../api/evaluationDesk";

export interface Group {
  part: string | null;
  subjects: number;
  mean: number;
  grades: Record<string, number>;
}

/** The parts of a group, each with its grades, largest first. */
export function groupsBy(parts: readonly Part[], by: string): Group[] {
  const found = new Map<string | null, Group>();
  for (const one of parts.filter((part) => part.by === by)) {
    const group = found.get(one.part) ?? { part: one.part, subjects: 0, mean: 0, grades: {} };
    found.set(one.part, group);
    group.mean = (group.mean * group.subjects + one.mean * one.subjects) / (group.subjects + one.subjects);
    group.subjects += one.subjects;
    group.grades[one.grade] = (group.grades[one.grade] ?? 0) + one.subjects;
  }
  return [...found.values()].sort((a, b) => b.subjects - a.subjects);
}

/** Everybody: how many have each grade. */
export function wholeOf(parts: readonly Part[]): Group {
  const groups = groupsBy(parts, "kind");
  const whole: Group = { part: "", subjects: 0, mean: 0, grades: {} };
  for (const group of groups) {
    whole.mean += group.mean * group.subjects;
    whole.subjects += group.subjects;
    for (const [grade, n] of Object.entries(group.grades))
      whole.grades[grade] = (whole.grades[grade] ?? 0) + n;
  }
  if (whole.subjects > 0) whole.mean /= whole.subjects;
  return whole;
}

/** How many are in a list by its filters; the list itself does not say. */
export function totalOf(parts: readonly Part[], grade: string, division: string): number {
  const among = division === "" ? groupsBy(parts, "kind") : groupsBy(parts, "division");
  return among
    .filter((group) => division === "" || group.part === division)
    .reduce((sum, group) => sum + (grade === "" ? group.subjects : (group.grades[grade] ?? 0)), 0);
}
