import { expect, it } from "vitest";

import type { PermissionTable } from "../../api/types";
import { rolesFor } from "./roles";

const role = (of: string[], who: "person" | "system" = "person") => ({
  zh: "",
  en: "",
  strong: false,
  of,
  who,
});
const table: PermissionTable = {
  version: "1",
  resources: {},
  grants: [],
  roles: {
    "member-admin": role(["provider", "bank"]),
    "credit-officer": role(["bank"]),
    "data-officer": role(["provider"]),
    "institution-system": role(["bank"], "system"),
  },
};

it("offers the roles of the kind that the held ones point to", () => {
  expect(rolesFor(table, ["member-admin", "credit-officer"]).map(([name]) => name)).toEqual([
    "member-admin",
    "credit-officer",
  ]);
});

it("offers all that could fit where the held ones leave it open; the node has the last word", () => {
  expect(rolesFor(table, ["member-admin"]).map(([name]) => name)).toEqual([
    "member-admin",
    "credit-officer",
    "data-officer",
  ]);
});
