import { describe, expect, it } from "vitest";

import { rightsOf } from "./rights";

const role = (strong: boolean) => ({ zh: "", en: "", of: ["bank"], who: "person" as const, strong });
const grant = (roles: string[], resource: string, actions: string[], more = {}) => ({
  roles,
  resource,
  actions,
  when: [],
  any_state: false,
  words: {},
  ...more,
});
const table = {
  version: "1",
  roles: { clerk: role(false), chief: role(true) },
  resources: {},
  grants: [
    grant(["clerk", "chief"], "subject", ["read"]),
    grant(["chief"], "account", ["invite", "close"], { any_state: true }),
    grant(["clerk"], "delegation", ["grant"], { when: ["strong"] }),
    grant(["all-persons"], "self", ["use"], { any_state: true }),
  ],
};

describe("rightsOf", () => {
  it("gives what the roles' grants give", () => {
    expect(rightsOf(table, ["clerk"], true, true)).toEqual(
      new Set(["read subject", "grant delegation", "use self"]),
    );
  });

  it("leaves out what needs a strong sign-in: roles and single grants", () => {
    expect(rightsOf(table, ["clerk", "chief"], false, true)).toEqual(new Set(["read subject", "use self"]));
  });

  it("leaves members that are not online what is for every state", () => {
    expect(rightsOf(table, ["chief"], true, false)).toEqual(
      new Set(["invite account", "close account", "use self"]),
    );
  });
});
