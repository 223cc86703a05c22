import type { Words } from "../words";

export const exporting: Words["exporting"] = {
  begin: "Export XLSX",
  running: (done, of) => `${done} of ${of} read, click to stop`,
  about: "About",
  list: "List",
  at: "Exported at",
  extent: "Rows",
  address: "Address of the page",
  whole: (n) => `All ${n} rows exported`,
  part: (n, total) => `Only the first ${n} of ${total} rows exported`,
  partHint: "A file has a limit of rows. Narrow the filters and export the rest in parts.",
};
