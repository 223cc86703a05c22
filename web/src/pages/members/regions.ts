/** The division codes in a text, however they are separated; what is no code goes along, for the node to name it. */
export function regionsIn(text: string): string[] {
  const codes = text.split(/[\s,，、;；]+/).filter((one) => one !== "");
  return [...new Set(codes)];
}
