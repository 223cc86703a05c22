import type { PortfolioTotal } from "../../api/portfolio";

type Move = PortfolioTotal["moves"][number];
export type Grade = Move["now"];
export const GRADES: readonly Grade[] = ["优", "良", "中", "差"];

export interface Cell {
  now: Grade;
  subjects: number;
  way: "better" | "same" | "worse" | "new";
  shade: 0 | 1 | 2 | 3; // how many of those that were of the same grade
}

export interface Line {
  then: Grade | null; // null: not evaluated then
  cells: Cell[];
}

/** Moves as a matrix: a line for each grade then, and for those not evaluated then if there are any. */
export function matrixOf(moves: readonly Move[]): Line[] {
  const lines = [...GRADES, null].filter((then) => then !== null || moves.some((one) => one.then === null));
  return lines.map((then) => {
    const of = (now: Grade) => moves.find((one) => one.then === then && one.now === now)?.subjects ?? 0;
    const all = GRADES.reduce((sum, now) => sum + of(now), 0);
    return {
      then,
      cells: GRADES.map((now) => ({
        now,
        subjects: of(now),
        way: wayOf(then, now),
        shade: shadeOf(of(now), all),
      })),
    };
  });
}

function wayOf(then: Grade | null, now: Grade): Cell["way"] {
  if (then === null) return "new";
  const rise = GRADES.indexOf(then) - GRADES.indexOf(now);
  return rise === 0 ? "same" : rise > 0 ? "better" : "worse";
}

function shadeOf(subjects: number, all: number): Cell["shade"] {
  if (subjects === 0 || all === 0) return 0;
  const part = subjects / all;
  return part < 0.1 ? 1 : part < 0.4 ? 2 : 3;
}

/** `+12`, `−8`, `0`. */
export function signed(points: number): string {
  return points > 0 ? `+${points}` : points < 0 ? `−${-points}` : "0";
}
