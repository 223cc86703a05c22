// What somebody is typing, kept in this window until it is sent or its person signs out. Never personal information.

const PREFIX = "xinshu.draft.";

/** What was kept under a name; null where there is nothing, or nothing that can be read. */
export function keptDraft(name: string): unknown {
  try {
    const text = sessionStorage.getItem(PREFIX + name);
    return text === null ? null : JSON.parse(text);
  } catch {
    return null;
  }
}

/** Keeps it; null forgets it. */
export function keepDraft(name: string, value: unknown): void {
  try {
    if (value === null) sessionStorage.removeItem(PREFIX + name);
    else sessionStorage.setItem(PREFIX + name, JSON.stringify(value));
  } catch {
    // A browser that keeps nothing, or is full, still lets people work.
  }
}

/** Forgets everything: another person may sit down at this window. */
export function forgetDrafts(): void {
  try {
    for (const key of Object.keys(sessionStorage)) if (key.startsWith(PREFIX)) sessionStorage.removeItem(key);
  } catch {
    // Nothing was kept.
  }
}
