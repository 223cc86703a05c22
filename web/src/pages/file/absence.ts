/** What it means that nothing is known of an item. */
export type Absence = "clean" | "missing" | "ifAny";

// Records that burden a firm: that there is none is good.
const BURDENS = new Set([
  "penalty",
  "dishonest_judgment_debtor",
  "enforcement",
  "litigation",
  "serious_dishonesty",
  "abnormal_operation",
  "tax_arrears",
  "social_insurance_arrears",
  "real_estate_encumbrance",
  "movable_security",
  "ip_pledge",
  "pollutant_permit_violation",
]);
// What every firm in business has: that there is none is a gap.
const EXPECTED = new Set([
  "registration",
  "shareholders",
  "annual_report",
  "principal_persons",
  "tax_credit_grade",
  "tax_declaration",
  "invoice_summary",
  "social_insurance_payment",
  "housing_fund",
  "water_payment",
  "electricity_payment",
]);

/** Why an item may be empty, by its short name. */
export function absenceOf(slug: string): Absence {
  if (BURDENS.has(slug)) return "clean";
  return EXPECTED.has(slug) ? "missing" : "ifAny";
}
