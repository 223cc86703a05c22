export const REPORT_MAX = 10 * 1024 * 1024; // bytes

/** Whether a file is to be verified as a report: PDF and HTML files are, of JSON files those that say so. */
export function isReport(name: string, head: string): boolean {
  if (head.startsWith("%PDF-") || /\.(pdf|html?)$/i.test(name)) return true;
  return /"schema"\s*:\s*"xinshu\.report\//.test(head);
}
