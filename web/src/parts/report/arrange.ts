import type { Tone } from "../State";
import type { Change, Report, ReportColumn, ReportItem, ReportRow, ReportSection } from "./report";

export const CHANGE_TONES: Readonly<Record<Change, Tone>> = {
  none: "calm",
  added: "accent",
  changed: "wait",
  ended: "calm",
  removed: "bad",
};

/** Facts that are shown name by name; more of them stand in a table. */
const FEW = 2;

export interface Arranged {
  isTable: boolean;
  alike: number[]; // columns that say the same in every row: said once, above the table
  columns: number[]; // places of the columns that are shown
}

/** Which columns of an item are worth showing, and where. Columns that no row fills are left out. */
export function arrange({ columns, rows }: ReportItem): Arranged {
  const filled = columns.map((_, place) => place).filter((place) => rows.some((row) => isFilled(row, place)));
  if (rows.length <= FEW) return { isTable: false, alike: [], columns: filled };
  const alike = filled.filter((place) => rows.every((row) => row.shown[place] === rows[0]?.shown[place]));
  return { isTable: true, alike, columns: filled.filter((place) => !alike.includes(place)) };
}

/** Whether a row says anything in a column; an absent value is printed as a dash. */
export function isFilled(row: ReportRow, place: number): boolean {
  const shown = row.shown[place] ?? "";
  return shown !== "" && shown !== "—" && shown !== "-";
}

export function isFigure({ type }: ReportColumn): boolean {
  return type === "integer" || type === "decimal";
}

/** Items of a section by what came of them. */
export function sorted(section: ReportSection): {
  told: ReportItem[];
  none: ReportItem[];
  refused: ReportItem[];
} {
  const of = (...states: ReportItem["state"][]) =>
    section.parts.filter(({ state }) => states.includes(state));
  return { told: of("given", "masked", "cut"), none: of("none"), refused: of("refused") };
}

/** Whether a section says anything at all. */
export function isSaid(section: ReportSection, report: Report): boolean {
  return (
    section.parts.length + section.charts.length + section.relations.length > 0 ||
    section.note !== null ||
    (section.id === EVALUATION && report.evaluation !== null)
  );
}

/** Section of the layout in which the evaluation stands. */
export const EVALUATION = "evaluation";

/** What one has to know of a report at first sight. */
export function glance(report: Report): {
  given: number;
  none: number;
  refused: number;
  rows: number;
  disputed: number;
} {
  const items = report.sections.flatMap(({ parts }) => parts);
  const is = (...states: ReportItem["state"][]) => items.filter(({ state }) => states.includes(state)).length;
  const rows = items.flatMap((one) => one.rows);
  return {
    given: is("given", "masked", "cut"),
    none: is("none"),
    refused: is("refused"),
    rows: items.reduce((sum, one) => sum + (one.rows_total ?? 0), 0),
    disputed: rows.filter(({ state }) => state === "disputed").length,
  };
}

export type Changes = Record<Exclude<Change, "none">, number>;

/** How many facts were added, changed, ended and removed between the two dates. */
export function changesOf(report: Report): Changes {
  const counts: Changes = { added: 0, changed: 0, ended: 0, removed: 0 };
  for (const section of report.sections)
    for (const part of section.parts)
      for (const { change } of part.rows) if (change !== "none") counts[change] += 1;
  return counts;
}

/** The section in which an item stands. */
export function sectionOf(report: Report, item: string | null): string | null {
  return report.sections.find(({ parts }) => parts.some((one) => one.item === item))?.id ?? null;
}

/** Codes of the gate for which the firm itself can open the item. */
export function mayBeAskedFor(code: string | null | undefined): boolean {
  return typeof code === "string" && code.startsWith("consent_");
}

const NAMES = 3; // fields that tell which fact it is

/** A changed fact: the first fields that stayed as they were, and what the others said before and say now. */
export function besideEachOther(
  { columns }: ReportItem,
  row: ReportRow,
): {
  same: { column: ReportColumn; text: string }[];
  changed: { column: ReportColumn; before: string; after: string }[];
} {
  const texts = columns.map((column, place) => ({ column, text: row.shown[place] ?? "", place }));
  return {
    same: texts
      .filter(({ column, place }) => !(column.field in row.before) && isFilled(row, place))
      .slice(0, NAMES)
      .map(({ column, text }) => ({ column, text })),
    changed: texts
      .filter(({ column }) => column.field in row.before)
      .map(({ column, text }) => ({ column, before: row.before[column.field] ?? "", after: text })),
  };
}
