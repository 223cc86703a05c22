const PRIVATE = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

export type JwkFault = "wrong" | "private";

/** The public key in a text; a private one is stopped here, before it leaves the browser. */
export function publicKeyIn(text: string): Record<string, unknown> | JwkFault {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return "wrong";
  }
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed)) return "wrong";
  const key = { ...parsed } as Record<string, unknown>;
  return PRIVATE.some((name) => name in key) ? "private" : key;
}
