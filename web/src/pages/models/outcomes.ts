/** What became of subjects, as a file tells it: `code,bad`, a subject a line. */

export interface Outcome {
  code: string;
  bad: boolean;
}

export type LineFault = "code" | "bad" | "columns" | "twice";

export interface Outcomes {
  outcomes: Outcome[];
  faults: { line: number; fault: LineFault; text: string }[];
}

export const OUTCOMES_MAX = 20_000;
const HEADS = new Set(["code", "代码", "统一社会信用代码", "主体代码"]);
const YES = new Set(["1", "true", "yes", "y", "是", "违约", "坏"]);
const NO = new Set(["0", "false", "no", "n", "否", "正常", "好"]);

/** Reads a file of outcomes; every line that cannot be read is named. A head line may be left out. */
export function readOutcomes(text: string): Outcomes {
  const found: Outcomes = { outcomes: [], faults: [] };
  const seen = new Set<string>();
  for (const [at, raw] of text
    .replace(/^\ufeff/, "")
    .split(/\r\n|\r|\n/)
    .entries()) {
    const cells = raw.split(/[,\t;]/).map((cell) => cell.trim().replace(/^"(.*)"$/, "$1"));
    if (cells.every((cell) => cell === "")) continue;
    const [given = "", bad = ""] = cells;
    if (at === 0 && HEADS.has(given.toLowerCase())) continue;
    const code = given.toUpperCase();
    const word = bad.toLowerCase();
    const fault = faultOf(cells.length, code, word, seen);
    if (fault !== null) found.faults.push({ line: at + 1, fault, text: raw.slice(0, 80) });
    else {
      seen.add(code);
      found.outcomes.push({ code, bad: YES.has(word) });
    }
  }
  return found;
}

function faultOf(cells: number, code: string, word: string, seen: ReadonlySet<string>): LineFault | null {
  if (cells !== 2) return "columns";
  if (!/^[0-9A-Z]{13,18}$/.test(code)) return "code";
  if (!YES.has(word) && !NO.has(word)) return "bad";
  return seen.has(code) ? "twice" : null;
}
