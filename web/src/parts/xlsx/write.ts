import writeXlsxFile from "write-excel-file/universal";

import { type ExportColumn, sheetOf, widthsOf } from "./sheet";

/** A workbook of two sheets: the rows, and what they are. Loaded only when somebody exports. */
export async function workbook<T>(
  rows: readonly T[],
  columns: readonly ExportColumn<T>[],
  names: { rows: string; about: string },
  about: readonly (readonly [name: string, value: string])[],
): Promise<Blob> {
  return writeXlsxFile([
    {
      sheet: sheetName(names.rows),
      data: sheetOf(rows, columns),
      columns: widthsOf(columns),
      stickyRowsCount: 1,
    },
    {
      sheet: sheetName(names.about),
      data: about.map((line) => line.map((value) => ({ value, type: String, format: "@" }))),
      columns: [{ width: 18 }, { width: 60 }],
    },
  ]).toBlob();
}

/** A name that the format admits: 31 characters, none of `[]/\:*?`. */
function sheetName(name: string): string {
  return name.replace(/[[\]/\\:*?]/g, " ").slice(0, 31);
}
