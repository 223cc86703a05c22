import type { InquiryAnswer, ItemAnswer } from "../../api/inquiries";
import type { CatalogueItem } from "../../api/types";
import { absenceOf } from "./absence";

/** A class of the catalogue with what is known of its items. */
export interface FileClass {
  no: number;
  name: { zh: string; en: string };
  items: { about: CatalogueItem; known: ItemAnswer | undefined }[];
  rows: number;
  updated: string | null;
}

/** What is known, class by class, in the order of the catalogue. */
export function classesOf(catalogue: readonly CatalogueItem[], answer: InquiryAnswer): FileClass[] {
  const known = new Map(answer.items.map((one) => [one.item, one]));
  const classes = new Map<number, FileClass>();
  for (const about of catalogue) {
    const found = classes.get(about.class_no) ?? {
      no: about.class_no,
      name: about.class_name,
      items: [],
      rows: 0,
      updated: null,
    };
    const of = known.get(about.item);
    found.items.push({ about, known: of });
    found.rows += of?.rows ?? 0;
    if (of?.updated_at && (found.updated === null || of.updated_at > found.updated))
      found.updated = of.updated_at;
    classes.set(about.class_no, found);
  }
  return [...classes.values()].sort((a, b) => a.no - b.no);
}

/** The figures at the head of the file. */
export function figuresOf(classes: readonly FileClass[]) {
  const items = classes.flatMap((one) => one.items);
  const empty = items
    .filter(({ known }) => (known?.rows ?? 0) === 0)
    .map(({ about }) => absenceOf(about.slug));
  return {
    known: items.length - empty.length,
    rows: classes.reduce((sum, one) => sum + one.rows, 0),
    clean: empty.filter((one) => one === "clean").length,
    missing: empty.filter((one) => one === "missing").length,
    newest: classes.reduce<string | null>(
      (newest, { updated }) => (updated !== null && (newest === null || updated > newest) ? updated : newest),
      null,
    ),
  };
}
