import type { MemberState, Step } from "../../api/types";

export interface Duties {
  applied: boolean; // the person entered this application
  checked: boolean; // the person checked its material
}

/** What a person has done in a member's present round of application. */
export function dutiesOf(steps: readonly Step[], round: number, principal: string): Duties {
  const own = steps.filter((step) => step.round === round && step.actor === principal);
  return {
    applied: own.some((step) => step.to_state === "applied"),
    checked: own.some((step) => step.to_state === "material_check"),
  };
}

/** Whether somebody else has to take the step (the node has the last word: `onboarding/rules.py`). */
export function isForAnother(target: MemberState, duties: Duties): boolean {
  const isOnline = target === "online";
  if (target === "material_check") return duties.applied;
  return (target === "qualification_review" || isOnline) && (duties.applied || duties.checked);
}
