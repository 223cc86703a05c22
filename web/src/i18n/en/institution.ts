import type { Words } from "../words";

export const institution: Words["institution"] = {
  find: "Find a firm",
  findNote: "A code opens the workbench at once; a name gives a list to choose from.",
  tasks: "To look after",
  waiting: "Requests for firms to sign",
  ending: "Authorisations ending in 7 days",
  usable: "Authorisations in force",
  batches: "Batches under way",
  failing: "Subscriptions not delivered",
  unverified: "Webhooks to be verified",
  nothing: "Nothing to look after",
  nothingHint: "Requests to be signed, authorisations that end, deliveries that fail appear here.",
  recent: "Lately asked about",
  noRecent: "No inquiries yet",
  all: "All inquiries",
  usage: "Last 30 days",
  usageOf: (n, firms) => `${n} inquiries about ${firms} firms`,
  toUsage: "Usage",
};
