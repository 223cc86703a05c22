import type { Words } from "../words";

export const notices: Words["notices"] = {
  enrol: "Your role counts once you have a second factor or a passkey. It takes a few minutes.",
  enrolLink: "Set one up",
  tooWeak: "You signed in with a password only; some of your rights do not count.",
  tooWeakLink: "Sign in with a second factor or passkey",
  pending:
    "Your account waits to be verified against the register; until then you cannot see the firm's information.",
  pendingLink: "See progress",
};
