export const MOST = 1_000;

export interface Read {
  codes: string[]; // each once, in the order given
  repeated: number;
  wrong: string[]; // lines in which no code was found
}

const CODE = /[0-9A-HJ-NP-RTUWXYZ]{18}/g;
const OLD_NUMBER = /(?<![0-9A-Z])\d{13}(?:\d{2})?(?![0-9A-Z])/g; // registration numbers of before 2015

/** Codes in a text or in the lines of a CSV file; spaces within a code are not minded where a line is nothing else. */
export function codesIn(text: string): Read {
  const codes = new Set<string>();
  const wrong: string[] = [];
  let repeated = 0;
  for (const line of text.split(/\r?\n/)) {
    const words = line.toUpperCase().trim();
    if (words === "") continue;
    const found =
      words.match(CODE) ??
      words.replace(/[\s-]/g, "").match(/^[0-9A-HJ-NP-RTUWXYZ]{18}$/g) ??
      words.match(OLD_NUMBER) ??
      [];
    if (found.length === 0) wrong.push(line.trim());
    for (const code of found) {
      if (codes.has(code)) repeated += 1;
      else codes.add(code);
    }
  }
  return { codes: [...codes], repeated, wrong };
}
