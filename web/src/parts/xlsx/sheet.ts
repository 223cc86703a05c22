import type { CellObject, SheetData } from "write-excel-file/universal";

/** How a column stands in the file. Codes and names are texts, so that no zero is lost and nothing is a formula. */
export type Kind = "text" | "count" | "number" | "day" | "moment";

export interface ExportColumn<T> {
  title: string;
  /** The value as the API gives it: a day as `2026-06-01`, a moment as ISO 8601 with its zone. */
  value: (row: T) => string | number | null | undefined;
  kind?: Kind; // text where not said
  width?: number; // in characters
}

const LONGEST = 32_767; // characters in a cell, of the format
const CHINA_MS = 8 * 3_600_000;
const FORMATS = { text: "@", count: "#,##0", day: "yyyy-mm-dd", moment: "yyyy-mm-dd hh:mm" } as const;
const WIDTHS: Record<Kind, number> = { text: 24, count: 12, number: 14, day: 12, moment: 18 };

/** A head and a line for each row. */
export function sheetOf<T>(rows: readonly T[], columns: readonly ExportColumn<T>[]): SheetData {
  const head = columns.map(({ title }): CellObject => ({ ...text(title), fontWeight: "bold" }));
  return [head, ...rows.map((row) => columns.map(({ value, kind }) => cellOf(value(row), kind ?? "text")))];
}

/** Widths of the columns. */
export function widthsOf<T>(columns: readonly ExportColumn<T>[]): { width: number }[] {
  return columns.map(({ width, kind }) => ({ width: width ?? WIDTHS[kind ?? "text"] }));
}

/** One value as a cell. What does not fit its kind stays a text: nothing is dropped, nothing is guessed. */
export function cellOf(value: string | number | null | undefined, kind: Kind): CellObject | null {
  if (value === null || value === undefined || value === "") return null;
  if (kind === "count" || kind === "number") {
    const number =
      typeof value === "number" ? value : /^-?\d{1,15}(\.\d+)?$/.test(value) ? Number(value) : NaN;
    if (Number.isFinite(number))
      return { value: number, type: Number, ...(kind === "count" && { format: FORMATS.count }) };
  }
  if (kind === "day" || kind === "moment") {
    const at = clock(String(value), kind);
    if (at !== null) return { value: at, type: Date, format: FORMATS[kind] };
  }
  return text(String(value));
}

/** Written as a string with the format of texts: neither read as a formula now nor when somebody edits the cell. */
function text(words: string): CellObject {
  return { value: words.slice(0, LONGEST), type: String, format: FORMATS.text };
}

/** The format knows no zones: a moment stands there as China's clock showed it. Null for what is no date. */
function clock(value: string, kind: "day" | "moment"): Date | null {
  const isDay = /^\d{4}-\d{2}-\d{2}$/.test(value);
  const at = new Date(isDay ? `${value}T00:00:00Z` : value).getTime();
  if (Number.isNaN(at)) return null;
  const shown = isDay ? at : at + CHINA_MS;
  return new Date(kind === "day" ? shown - (shown % 86_400_000) : shown);
}
