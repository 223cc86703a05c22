/** As whom a person signs in; decides words only, never rights. */
export const DOORS = ["firm", "institution", "department", "operations"] as const;

export type Door = (typeof DOORS)[number];

export function doorOf(given: string | null): Door {
  return DOORS.find((door) => door === given) ?? "firm";
}
