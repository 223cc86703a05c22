import type { Tone } from "../../parts/State";

/** Who may see an item: open ones are calm, those that need the firm's word stand out. */
export function toneOfAccess(access: string): Tone {
  return access === "firm-consent" ? "accent" : "calm";
}

export function toneOfSensitivity(sensitivity: string): Tone {
  if (sensitivity === "personal" || sensitivity === "personal-sensitive") return "wait";
  return sensitivity === "firm-confidential" ? "accent" : "calm";
}
