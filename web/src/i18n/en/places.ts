import type { Words } from "../words";

export const places: Words["places"] = {
  label: "Main navigation",
  groups: {
    start: "Start",
    firm: "My firm",
    member: "My organisation",
    operations: "Operations",
    oversight: "Rights and security",
    self: "Myself",
  },
  names: {
    home: "Workbench",
    delegates: "Delegates",
    member: "My organisation",
    onboarding: "Onboarding",
    firmAccounts: "Firm users",
    accounts: "Accounts",
    systems: "Systems and keys",
    permissions: "Permissions",
    log: "Security log",
    me: "My account",
  },
};
