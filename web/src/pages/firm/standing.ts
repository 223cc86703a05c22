import type { Delegation } from "../../api/types";
import { day } from "../../parts/format";

export type Standing = "active" | "ahead" | "over" | "ended" | "notAccepted";

/** How a delegation stands on the day of `now`, China's time; both its days are included. */
export function standingOf(
  one: Pick<Delegation, "valid_from" | "valid_to" | "ended_at" | "account_state">,
  now: Date,
): Standing {
  const today = day(now.toISOString());
  if (one.ended_at !== null) return "ended";
  if (one.valid_to < today) return "over";
  if (one.account_state === "invited") return "notAccepted";
  return one.valid_from > today ? "ahead" : "active";
}
