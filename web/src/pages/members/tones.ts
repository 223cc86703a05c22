import type { MemberState } from "../../api/types";
import type { Tone } from "../../parts/State";

export const STAGES = [
  "applied",
  "material_check",
  "qualification_review",
  "agreement_signed",
  "sandbox_test",
  "security_check",
  "online",
] as const satisfies readonly MemberState[];

export const ALL_STATES = [...STAGES, "suspended", "offboarded", "refused"] as const;

export function toneOf(state: MemberState): Tone {
  switch (state) {
    case "online":
      return "good";
    case "suspended":
    case "refused":
      return "bad";
    case "offboarded":
      return "calm";
    default:
      return "wait";
  }
}

/** How many stages are done: of a suspended member all, of one that was refused or left none is shown. */
export function stagesDone(state: MemberState): number {
  if (state === "suspended") return STAGES.length;
  return STAGES.findIndex((stage) => stage === state) + 1;
}
