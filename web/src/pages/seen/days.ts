import type { InquiryLine } from "../../api/inquiries";
import { day } from "../../parts/format";

/** Lines of one day, in their order. */
export interface Day {
  day: string;
  lines: InquiryLine[];
}

/** Lines (newest first) by the day in China on which they were answered. */
export function byDay(lines: readonly InquiryLine[]): Day[] {
  const days: Day[] = [];
  for (const line of lines) {
    const of = day(line.at);
    const last = days.at(-1);
    if (last?.day === of) last.lines.push(line);
    else days.push({ day: of, lines: [line] });
  }
  return days;
}

/** What an inquiry was given, by the codes of its decisions: item numbers in the order of the catalogue. */
export interface Given {
  consented: string[];
  open: string[];
  verified: string[]; // answered yes or no
  refused: [item: string, code: string][];
}

const OPEN = new Set(["open_information", "own_information", "operator_upkeep"]);

export function givenIn(items: Readonly<Record<string, string>>): Given {
  const given: Given = { consented: [], open: [], verified: [], refused: [] };
  const order = Object.entries(items).sort(([a], [b]) => Number(a) - Number(b) || a.localeCompare(b));
  for (const [item, code] of order) {
    if (code === "consented") given.consented.push(item);
    else if (code === "verified") given.verified.push(item);
    else if (OPEN.has(code)) given.open.push(item);
    else given.refused.push([item, code]);
  }
  return given;
}
