import type { Variant } from "../../api/reports";

export type Trouble = "since_missing" | "since_late";

/** Why a report cannot be issued with these days; null where it can. `today` where no day of the report is given. */
export function troubleOf(variant: Variant, asOf: string, since: string, today: string): Trouble | null {
  if (variant !== "post_loan_change") return null;
  if (since === "") return "since_missing";
  return since < (asOf === "" ? today : asOf) ? null : "since_late";
}

/** A variant as it may stand in an address. */
export function variantOf(given: string): Variant {
  return given === "post_loan_change" || given === "screening" ? given : "pre_loan";
}
