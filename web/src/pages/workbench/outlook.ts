import type { ConsentPurpose } from "../../api/consents";
import type { PreviewItem } from "../../api/preview";
import type { CatalogueItem } from "../../api/types";
import type { Tone } from "../../parts/State";

/** What would become of an item: given, in part, asked of the firm already, not now, to be asked for, not for us. */
export type Outlook = "given" | "partly" | "asked" | "later" | "needed" | "closed";

export const TONES: Record<Outlook, Tone> = {
  given: "good",
  partly: "accent",
  asked: "calm",
  later: "calm",
  needed: "wait",
  closed: "calm",
};

const LATER = new Set([
  "consent_paused",
  "consent_not_yet_valid",
  "consent_frequency",
  "consent_other_period",
]);

export function outlookOf(item: PreviewItem): Outlook {
  if (item.allowed) return item.masked.length + item.withheld.length === 0 ? "given" : "partly";
  if (item.code === "consent_pending") return "asked";
  if (LATER.has(item.code)) return "later";
  return item.code.startsWith("consent_") ? "needed" : "closed";
}

/** Whether the firm can be asked for more of the item than is given now. */
export function mayAskFor(item: PreviewItem): boolean {
  const code = item.allowed ? item.kept_back : item.code;
  return (
    code !== null && code.startsWith("consent_") && code !== "consent_pending" && code !== "consent_frequency"
  );
}

/** Items a request can be about for a purpose: all that need an authorisation, else those it usually takes more of. */
export function offeredFor(looks: readonly PreviewItem[], purpose: ConsentPurpose): PreviewItem[] {
  const more = new Set([...purpose.usual_items, ...purpose.personal]);
  return looks.filter((one) => mayAskFor(one) && (one.needs_consent || more.has(one.item)));
}

/** Of those, what is asked for unless somebody says otherwise: what was chosen and what the purpose usually takes. */
export function askedAtFirst(
  looks: readonly PreviewItem[],
  purpose: ConsentPurpose,
  chosen: ReadonlySet<string>,
): string[] {
  const usual = new Set(purpose.usual_items);
  return offeredFor(looks, purpose)
    .filter((one) => chosen.has(one.item) && (one.needs_consent || usual.has(one.item)))
    .map((one) => one.item);
}

/** Purposes for which a member of this kind may ask, those of its daily work first. */
export function purposesFor(purposes: readonly ConsentPurpose[], kind: string): ConsentPurpose[] {
  const rank = (one: ConsentPurpose) =>
    DAILY.includes(one.purpose) ? DAILY.indexOf(one.purpose) : DAILY.length;
  return purposes.filter((one) => one.members.includes(kind)).sort((a, b) => rank(a) - rank(b));
}

const DAILY = ["pre_loan", "guarantee_review", "loan_approval", "post_loan"];

/** Items chosen at first: what is open to all, and what the purpose usually takes; nothing beyond it. */
export function usualChoice(items: readonly PreviewItem[], purpose: ConsentPurpose | undefined): string[] {
  const usual = new Set(purpose?.usual_items ?? []);
  return items
    .filter((one) => !one.needs_consent || usual.has(one.item) || one.allowed)
    .map((one) => one.item);
}

export interface ItemClass {
  no: number;
  name: { zh: string; en: string };
  items: { about: CatalogueItem; look: PreviewItem }[];
}

/** Items by their class, in the order of the catalogue. */
export function classesOf(catalogue: readonly CatalogueItem[], items: readonly PreviewItem[]): ItemClass[] {
  const looks = new Map(items.map((one) => [one.item, one]));
  const classes = new Map<number, ItemClass>();
  for (const about of catalogue) {
    const look = looks.get(about.item);
    if (look === undefined) continue;
    const found = classes.get(about.class_no) ?? { no: about.class_no, name: about.class_name, items: [] };
    found.items.push({ about, look });
    classes.set(about.class_no, found);
  }
  return [...classes.values()].sort((a, b) => a.no - b.no);
}

/** How many of the chosen items have which outlook. */
export function countOf(items: readonly PreviewItem[], chosen: ReadonlySet<string>): Record<Outlook, number> {
  const counts: Record<Outlook, number> = { given: 0, partly: 0, asked: 0, later: 0, needed: 0, closed: 0 };
  for (const one of items) if (chosen.has(one.item)) counts[outlookOf(one)] += 1;
  return counts;
}
