/** What stands in a text, one a line, without what is empty. */
export function linesOf(text: string): string[] {
  return text
    .split(/[\s,，、]+/)
    .map((line) => line.trim())
    .filter((line) => line !== "");
}
