import type { InquiryLine } from "../../api/inquiries";
import type { Tone } from "../../parts/State";

const GIVEN = new Set(["open_information", "consented", "operator_upkeep", "own_information", "verified"]);

/** How many of the items of an inquiry were given. */
export function outcomeOf(line: Pick<InquiryLine, "items">): { given: number; all: number; tone: Tone } {
  const codes = Object.values(line.items);
  const given = codes.filter((code) => GIVEN.has(code)).length;
  return { given, all: codes.length, tone: given === codes.length ? "good" : given === 0 ? "bad" : "wait" };
}

/** Whether the item was given by this code. */
export const isGiven = (code: string) => GIVEN.has(code);

/** Who asked, by the kind of its id: `account:…`, `client:…`, `subscription:…`. */
export function askerOf(principal: string): "person" | "system" | "push" {
  if (principal.startsWith("client:")) return "system";
  return principal.startsWith("subscription:") ? "push" : "person";
}
