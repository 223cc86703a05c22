// What this browser remembers between visits: choices of appearance only, never anything of a session.

type Choice = "language" | "theme";

/** The remembered choice; null where there is none or the browser keeps nothing. */
export function remembered(choice: Choice): string | null {
  try {
    return localStorage.getItem(`xinshu.${choice}`);
  } catch {
    return null;
  }
}

export function remember(choice: Choice, value: string): void {
  try {
    localStorage.setItem(`xinshu.${choice}`, value);
  } catch {
    // A browser that keeps nothing still shows everything.
  }
}
