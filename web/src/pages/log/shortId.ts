/** `account:674a22d0-5197-…` → account, 674a22d0: enough to tell one from another on a page; the whole is its title. */
export function shortId(id: string): { kind: string; short: string } {
  const colon = id.indexOf(":");
  if (colon < 0) return { kind: id, short: "" };
  const [kind, rest] = [id.slice(0, colon), id.slice(colon + 1)];
  return { kind, short: kind === "account" ? rest.slice(0, 8) : rest };
}
