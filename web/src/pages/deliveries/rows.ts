import type { Definition } from "../../api/definitions";
import type { Mending, MendingRow } from "../../api/collect";

export type Column = Mending["columns"][number];
export type Reason = MendingRow["reasons"][number];
/** Row number → column → what was typed. */
export type Drafts = Readonly<Record<string, Readonly<Record<string, string>>>>;

export const ROW_NUMBER = "原行号"; // how the node knows a row again

/** A row as it stands with the node: as it came back last, else as it first came. */
export function baseOf(row: MendingRow, columns: readonly Column[]): Record<string, string> {
  const attempt = row.attempt?.cells ?? null;
  return Object.fromEntries(columns.map(({ name }, at) => [name, attempt?.[name] ?? row.cells?.[at] ?? ""]));
}

/** Why the row is set aside, by its latest coming. */
export function reasonsOf(row: MendingRow): readonly Reason[] {
  return row.attempt?.reasons ?? row.reasons;
}

/** Reasons of each column, and those that concern the row as a whole. */
export function placed(row: MendingRow, columns: readonly Column[]) {
  const byColumn = new Map<string, Reason[]>();
  const ofRow: Reason[] = [];
  for (const reason of reasonsOf(row)) {
    const column = columns.find(({ field }) => field !== null && field === reason.field);
    if (column === undefined) ofRow.push(reason);
    else byColumn.set(column.name, [...(byColumn.get(column.name) ?? []), reason]);
  }
  return { byColumn, ofRow };
}

/** Columns that somebody needs who mends these rows: the wrong ones, and those that a reason of the whole row is about. */
export function neededColumns(
  rows: readonly MendingRow[],
  columns: readonly Column[],
  item: Definition | undefined,
): Column[] {
  const needed = new Set<string>();
  for (const row of rows) {
    const { byColumn, ofRow } = placed(row, columns);
    for (const name of byColumn.keys()) needed.add(name);
    for (const reason of ofRow) {
      const fields = item === undefined ? null : fieldsOf(reason, item);
      // A check that fails because a cell is wrong in itself is mended in that cell.
      if (
        reason.code === "CHECK" &&
        columns.some(({ name, field }) => byColumn.has(name) && fields?.has(field ?? ""))
      )
        continue;
      for (const column of columns)
        if (fields === null || fields.size === 0 || (column.field !== null && fields.has(column.field)))
          needed.add(column.name);
    }
  }
  return columns.filter(({ name }) => needed.has(name));
}

/** Fields that a reason of the whole row is about: of a check those that it names, of a subject those that identify it. */
export function fieldsOf(reason: Reason, item: Definition): Set<string> {
  const names = new Set(item.fields.map(({ name }) => name));
  const about: unknown =
    reason.code === "CHECK"
      ? [...(item.checks ?? []), ...(item.batch_checks ?? [])].filter(({ id }) => id === reason.field)
      : reason.code.startsWith("SUBJECT_") || reason.code === "OUTSIDE_REGIONS"
        ? [item.subject.code, item.subject.old_number, item.subject.name, item.subject.division]
        : reason.code === "DUPLICATE_CONFLICT"
          ? item.natural_key
          : [];
  const found = new Set<string>();
  const walk = (value: unknown) => {
    if (typeof value === "string") {
      if (names.has(value)) found.add(value);
    } else if (Array.isArray(value)) value.forEach(walk);
    else if (typeof value === "object" && value !== null) Object.values(value).forEach(walk);
  };
  walk(about);
  return found;
}

/** Rows of a page that differ from what the node has. */
export function editedRows(
  rows: readonly MendingRow[],
  columns: readonly Column[],
  drafts: Drafts,
): MendingRow[] {
  return rows.filter((row) => {
    const draft = drafts[row.row_no];
    if (draft === undefined) return false;
    const base = baseOf(row, columns);
    return Object.entries(draft).some(([name, value]) => base[name] !== value);
  });
}

/** The edited rows as the node takes them back: every column, and the number of the row. */
export function rowsToSend(
  rows: readonly MendingRow[],
  columns: readonly Column[],
  drafts: Drafts,
): Record<string, string>[] {
  return editedRows(rows, columns, drafts).map((row) => ({
    ...baseOf(row, columns),
    ...drafts[row.row_no],
    [ROW_NUMBER]: String(row.row_no),
  }));
}

/** With one more value typed; a row that is as the node has it leaves no trace. */
export function typed(
  drafts: Drafts,
  row: MendingRow,
  columns: readonly Column[],
  values: Record<string, string>,
) {
  const base = baseOf(row, columns);
  const changed = Object.entries({ ...drafts[row.row_no], ...values }).filter(
    ([name, value]) => base[name] !== value,
  );
  const rest = without(drafts, row.row_no);
  return changed.length === 0 ? rest : { ...rest, [row.row_no]: Object.fromEntries(changed) };
}

export function without(drafts: Drafts, row_no: number): Drafts {
  return Object.fromEntries(Object.entries(drafts).filter(([no]) => no !== String(row_no)));
}

/** A block copied from a spreadsheet, by lines and cells; null for a single text. */
export function block(text: string): string[][] | null {
  const lines = text.replace(/\r\n?/g, "\n").replace(/\n$/, "").split("\n");
  if (lines.length === 1 && !text.includes("\t")) return null;
  return lines.map((line) => line.split("\t"));
}
