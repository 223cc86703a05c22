import type { ResultLine } from "../../api/batchInquiries";
import { flagsOf, type FlagName } from "../workbench/file/flags";

/** One firm of a batch in short. */
export interface FirmLine {
  place: number;
  code: string;
  name: string | null;
  given: number;
  items: number;
  rows: number;
  flags: FlagName[]; // what is to be noted now, the gravest first
  fault: string | null;
  leaf: number | null;
}

/** The result as lines, those with most to note first, then those without an answer, then in the order given. */
export function linesOf(result: readonly ResultLine[]): FirmLine[] {
  const lines = result.map(({ subject, answer, error }, place): FirmLine => {
    if (answer === undefined) {
      const fault = error === undefined ? "" : error.message;
      return { place, code: subject, name: null, given: 0, items: 0, rows: 0, flags: [], fault, leaf: null };
    }
    const given = answer.items.filter(({ decision }) => decision.allowed);
    const flags = flagsOf(answer, answer.answered_at.slice(0, 10)).filter(({ state }) => state === "found");
    return {
      place,
      code: answer.subject.code ?? subject,
      name: answer.subject.name,
      given: given.length,
      items: answer.items.length,
      rows: given.reduce((sum, one) => sum + one.rows, 0),
      flags: flags.map(({ name }) => name),
      fault: null,
      leaf: answer.leaf,
    };
  });
  const rank = (one: FirmLine) => (one.fault === null ? one.flags.length : 0.5);
  return lines.sort((a, b) => rank(b) - rank(a) || a.place - b.place);
}
