import type { Scored } from "../../api/evaluationDesk";
import type { Words } from "../../i18n/words";

export interface Line {
  when: string; // the condition in words
  points: number;
}

/** How an indicator becomes points, a line for each case. `codes`: what the codes of its field are called. */
export function binsOf(
  scored: Scored,
  unit: string,
  words: Words["scorecards"],
  codes: Readonly<Record<string, string>> = {},
): Line[] {
  const lines: Line[] = [];
  const amount = (value: number) =>
    words.amount(plain(value), words.units[unit as keyof typeof words.units] ?? "");
  for (const one of scored.special) {
    const value = typeof one.value === "number" ? amount(one.value) : named(one.value, codes);
    lines.push({ when: words.isExactly(value), points: one.points });
  }
  let below: number | null = null;
  for (const bin of scored.bins) {
    lines.push({ when: whenBin(below, bin.to, unit, words, amount), points: bin.points });
    below = bin.to;
  }
  for (const bin of scored.codes)
    lines.push({ when: bin.codes.map((code) => named(code, codes)).join(words.or), points: bin.points });
  if (scored.unseen !== null) lines.push({ when: words.unseen, points: scored.unseen });
  lines.push({ when: words.missing, points: scored.missing });
  return lines;
}

function whenBin(
  below: number | null,
  to: number | null,
  unit: string,
  words: Words["scorecards"],
  amount: (value: number) => string,
): string {
  if (unit === "flag") return to === 0 ? words.flagNo : words.flagYes;
  if (below === null) return to === null ? words.anyValue : words.atMost(amount(to));
  return to === null ? words.above(amount(below)) : words.between(plain(below), amount(to));
}

function named(code: string, codes: Readonly<Record<string, string>>): string {
  const name = codes[code];
  return name === undefined || name === code ? code : `${code} ${name}`;
}

function plain(value: number): string {
  return value.toLocaleString("en-US", { maximumFractionDigits: 6 });
}
