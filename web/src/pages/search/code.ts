/** The unified code or platform number in what was typed, however it is spaced; null where it is none. */
export function asCode(typed: string): string | null {
  const code = typed.replace(/[\s-]/g, "").toUpperCase();
  return /^[0-9A-HJ-NP-RTUWXYZ]{18}$/.test(code) ? code : null;
}

/** The workbench of a subject. */
export function pathOf({ code, old_number }: { code: string | null; old_number: string | null }): string {
  return `/workbench/${encodeURIComponent(code ?? old_number ?? "")}`;
}
