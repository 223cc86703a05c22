import type { Words } from "../words";

export const health: Words["health"] = {
  title: "Health",
  lead: "Whether each part of the platform is well, and what to do where not. Every half minute anew.",
  states: { good: "well", attention: "attention", bad: "not well", unknown: "not measured" },
  overall: {
    good: "All is well",
    attention: "Something needs attention",
    bad: "Something is not well: act now",
    unknown: "Some parts were not measured",
  },
  at: (moment) => `As of ${moment}`,
  findings: "One by one",
  see: "Act",
  look: "See",
  late: "Timeliness",
  lateNote: "By the catalogue's cycle and days of grace. Items sent on events have no cycle.",
  provider: "Provider",
  item: "Item",
  every: "Cycle",
  last: "Last published",
  due: "Was due",
  state: "State",
  days: (n) => `late by ${n} days`,
  never: "never sent",
  noneLate: "Everybody is on time",
  noneLateHint: "What is late or was never sent is listed here.",
};
