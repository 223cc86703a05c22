import type { Words } from "../words";

export const home: Words["home"] = {
  greeting: (name) => `Hello, ${name}`,
  leadOperator: "What waits for you.",
  leadMember: "Where your organisation stands, and what comes next.",
  leadFirm: "The firm you act for, and what you can do.",
  waiting: "Waiting",
  nothing: "Nothing waits at the moment",
  nothingHint: "New applications, sign-ups and changes appear here.",
  membersAt: (state) => `Onboarding: ${state}`,
  firmAccounts: "Firm users to verify",
  firm: "My firm",
  subject: "Unified credit code",
  as: "Acting as",
  quick: "What you can do",
  delegates: "Add or end delegates",
  seeDelegates: "See the delegates",
  account: "Sign-in and devices",
  why: "Look up my rights",
};
