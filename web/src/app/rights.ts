import type { PermissionTable } from "../api/types";

/**
 * What a person's roles may do at all, as `action resource`, by the permission table in force. Decides only what is
 * offered: whether something is allowed, the node decides, with the conditions about the thing itself.
 */
export function rightsOf(
  table: PermissionTable,
  roles: readonly string[],
  isStrong: boolean,
  isOnline: boolean,
): Set<string> {
  const held = roles.filter((role) => isStrong || table.roles[role]?.strong !== true);
  const rights = new Set<string>();
  for (const grant of table.grants) {
    const applies = grant.roles.includes("all-persons") || grant.roles.some((role) => held.includes(role));
    const open = (isOnline || grant.any_state) && (isStrong || !grant.when.includes("strong"));
    if (applies && open) for (const action of grant.actions) rights.add(`${action} ${grant.resource}`);
  }
  return rights;
}
