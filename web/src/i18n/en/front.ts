import type { Words } from "../words";

export const front: Words["front"] = {
  title: "Home",
  headline: ["Credit on record,", "finance within reach"],
  lead: "Tax, social insurance, courts, water, power and gas: departments bring a firm's credit information here under the law. Once the firm agrees, institutions can find and understand it, and the firm sees who looked at what.",
  who: "Who are you?",
  doors: {
    firm: {
      name: "Firm",
      note: "Legal representatives and delegates: see your credit file, answer requests for authorisation",
    },
    institution: {
      name: "Financial or credit institution",
      note: "Banks, guarantors, credit agencies: read what you are authorised to read",
    },
    department: {
      name: "Department or data provider",
      note: "Hand in information, mend faulty rows; courts, notaries, supervisors",
    },
    operations: { name: "Platform operations", note: "Onboarding, collection, security and audit" },
  },
  newHere: "No account yet?",
  firmSignUp: "Sign up your firm",
  apply: "Apply as an institution or department",
  rules: "The rules here",
  principles: [
    {
      title: "No consent, no view",
      text: "Trade secrets and personal data need the firm's own authorisation, item by item; it can be narrowed, paused and withdrawn at any time.",
    },
    {
      title: "Every view is on record",
      text: "An inquiry is recorded before it is answered: which institution, who, why, which items. The firm can always see it.",
    },
    {
      title: "Errors get corrected",
      text: "Every fact names its origin and date. An objection that is upheld is corrected in every copy.",
    },
    {
      title: "Inquiries are free",
      text: "The platform is a public service. Push, inquiry and credit reports cost neither firms nor institutions anything.",
    },
  ],
  catalogue: "The sharing catalogue",
  catalogueNote: "A public list says what the platform collects; nothing beyond it is collected.",
  nav: "Public information",
  statistics: "Statistics",
  verify: "Verify a receipt",
  now: "The platform now",
  nowNote: "Counted every half minute.",
  figures: {
    subjects: "Subjects",
    items: "Items",
    members: "Members",
    batches: "Batches published",
    inquiries: "Inquiries answered",
    consents: "Authorisations in force",
  },
  units: { subjects: "", items: "", members: "", batches: "", inquiries: "", consents: "" },
  few: "under 10",
  members: "Who takes part",
  membersNote: "Organisations that have joined and use the platform.",
  noMembers: "Nobody is online yet",
  noMembersHint: "Organisations are listed here once they have joined.",
  membersOf: (kind, n) => `${kind} ${n}`,
  branch: "branch",
  open: "Open to everybody",
  publicDoors: [
    {
      to: "/statistics",
      title: "Open statistics",
      text: "Subjects, collection and inquiries in figures, to be exported.",
    },
    {
      to: "/modules",
      title: "Feature modules",
      text: "Emerging, green, farming and others: how they are found.",
    },
    { to: "/verify", title: "Verify a receipt", text: "By file or by code: is a receipt genuine?" },
    { to: "/docs", title: "API", text: "How institutions and departments connect their systems." },
  ],
  items: "items",
  classes: "classes",
};
