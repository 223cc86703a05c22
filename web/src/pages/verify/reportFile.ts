export const REPORT_MAX = 10 * 1024 * 1024; // bytes; a larger file is none, the node says so

/** Whether a file is to be verified as a report: PDF and HTML files are, of JSON files those that say so. */
export function isReport(name: string, text: string): boolean {
  if (text.startsWith("%PDF-") || /\.(pdf|html?)$/i.test(name)) return true;
  return /"schema"\s*:\s*"xinshu\.report\//.test(text);
}
