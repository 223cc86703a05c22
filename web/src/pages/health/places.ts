import type { Person } from "../../app/session";

const NEEDS: Readonly<Record<string, [action: string, resource: string]>> = {
  "/jobs": ["read", "job"],
  "/ledger": ["read", "ledger"],
  "/batches": ["read", "batch"],
};

/** Whether a place that a finding points to is one of this person's. */
export function mayOpen(person: Pick<Person, "may">, place: string): boolean {
  const needed = NEEDS[place.split("?")[0] ?? ""];
  return needed !== undefined && person.may(...needed);
}
