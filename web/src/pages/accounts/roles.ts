import type { PermissionTable } from "../../api/types";

type Role = PermissionTable["roles"][string];

/** Roles of persons who could have one of `held`: those of the same kinds of member. */
export function rolesFor(table: PermissionTable, held: readonly string[]): [name: string, role: Role][] {
  const kindsOf = held.map((name) => table.roles[name]?.of ?? []);
  const common = kindsOf.reduce(
    (left, right) => left.filter((kind) => right.includes(kind)),
    kindsOf[0] ?? [],
  );
  return rolesOfKinds(table, common, "person");
}

/** Roles that persons, or systems, of one of these kinds of member may have. */
export function rolesOfKinds(
  table: PermissionTable,
  kinds: readonly string[],
  who: Role["who"],
): [name: string, role: Role][] {
  return Object.entries(table.roles).filter(
    ([, role]) => role.who === who && kinds.some((kind) => role.of.includes(kind)),
  );
}
