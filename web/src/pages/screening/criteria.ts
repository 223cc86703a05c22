import type { Criteria, Fact } from "../../api/screenings";

export type Preset =
  | "noDishonest"
  | "noSerious"
  | "noAbnormal"
  | "noEnforcement"
  | "noPenalty"
  | "noArrears"
  | "taxA"
  | "taxGood"
  | "hightech"
  | "techSme"
  | "special"
  | "patent"
  | "aeo";

const fact = (item: string, more: Partial<Fact> = {}): Fact => ({
  item,
  present: true,
  newest: false,
  required: true,
  where: [],
  ...more,
});
const coded = (item: string, field: string, values: string[], newest = false): Fact =>
  fact(item, { newest, where: [{ field, op: "in", values }] });

/** Criteria that are asked for most, ready made. */
export const PRESETS: Record<Preset, Fact> = {
  noDishonest: fact("10", { present: false }),
  noSerious: fact("13", { present: false }),
  noAbnormal: fact("14", { present: false }),
  noEnforcement: fact("11", { present: false }),
  noPenalty: fact("8", { present: false }),
  noArrears: fact("16", { present: false }),
  taxA: coded("15", "tax_credit_grade", ["A"], true),
  taxGood: coded("15", "tax_credit_grade", ["A", "B", "M"], true),
  hightech: coded("33", "recognition_type", ["01"]),
  techSme: coded("33", "recognition_type", ["02"]),
  special: coded("33", "recognition_type", ["04", "05"]),
  patent: fact("30"),
  aeo: coded("22", "credit_level", ["1"]),
};
export const WITHOUT: Preset[] = [
  "noDishonest",
  "noSerious",
  "noAbnormal",
  "noEnforcement",
  "noArrears",
  "noPenalty",
];
export const WITH: Preset[] = ["taxA", "taxGood", "hightech", "techSme", "special", "patent", "aeo"];

export interface OwnFact {
  item: string;
  present: boolean;
  field: string; // empty: any fact
  op: "in" | "begins" | "from" | "to";
  value: string;
}

/** The form as it is filled in. */
export interface Filled {
  divisions: string[];
  industries: string[];
  sizes: string[];
  isActive: boolean;
  from: string;
  to: string;
  presets: Preset[];
  facts: OwnFact[];
}

export const BLANK: Filled = {
  divisions: [],
  industries: [],
  sizes: [],
  isActive: true,
  from: "",
  to: "",
  presets: [],
  facts: [],
};

/** What the node is asked. */
export function criteriaOf(filled: Filled): Criteria {
  const own = filled.facts
    .filter((one) => one.item !== "")
    .map((one) =>
      fact(one.item, {
        present: one.present,
        where:
          one.field === "" || one.value.trim() === ""
            ? []
            : [{ field: one.field, op: one.op, values: valuesOf(one) }],
      }),
    );
  return {
    divisions: filled.divisions.map((one) => one.trim()),
    industries: filled.industries.map((one) => one.trim().toUpperCase()),
    sizes: filled.sizes as NonNullable<Criteria["sizes"]>,
    kinds: [],
    statuses: filled.isActive ? ["1"] : [],
    ...(filled.from === "" ? {} : { established_from: filled.from }),
    ...(filled.to === "" ? {} : { established_to: filled.to }),
    facts: [...filled.presets.map((name) => PRESETS[name]), ...own],
  };
}

function valuesOf({ op, value }: OwnFact): string[] {
  const values = value.split(/[,，、;；\s]+/).filter((one) => one !== "");
  return op === "in" || op === "begins" ? values : values.slice(0, 1);
}

/** The form of criteria that were used: presets are known again, the rest stands as it was. */
export function filledOf(criteria: Criteria): Filled {
  const presets: Preset[] = [];
  const facts: OwnFact[] = [];
  for (const one of criteria.facts ?? []) {
    const known = (Object.keys(PRESETS) as Preset[]).find((name) => same(PRESETS[name], one));
    if (known !== undefined) presets.push(known);
    else {
      const [where] = one.where ?? [];
      facts.push({
        item: one.item,
        present: one.present ?? true,
        field: where?.field ?? "",
        op: where?.op ?? "in",
        value: (where?.values ?? []).join("、"),
      });
    }
  }
  return {
    divisions: [...(criteria.divisions ?? [])],
    industries: [...(criteria.industries ?? [])],
    sizes: [...(criteria.sizes ?? [])],
    isActive: (criteria.statuses ?? []).includes("1"),
    from: criteria.established_from ?? "",
    to: criteria.established_to ?? "",
    presets,
    facts,
  };
}

const norm = (one: Fact) =>
  JSON.stringify([one.item, one.present ?? true, one.newest ?? false, one.required ?? true, one.where ?? []]);
const same = (a: Fact, b: Fact) => norm(a) === norm(b);

/** Whether anything limits the list; being in existence alone does not. */
export function limits(filled: Filled): boolean {
  const { divisions, industries, sizes, from, to, presets, facts } = filled;
  return (
    divisions.length + industries.length + sizes.length + presets.length > 0 ||
    from !== "" ||
    to !== "" ||
    facts.some((one) => one.item !== "")
  );
}
