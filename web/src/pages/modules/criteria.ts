import type { Criteria, Declared } from "../../api/modules";
import type { Words } from "../../i18n/words";

interface Names {
  part: (id: string) => string;
  kind: (kind: string) => string;
  size: (size: string) => string;
  indicator: (id: string) => string;
}

/** What must hold, a clause each, in words. */
export function clausesOf(criteria: Criteria, words: Words["modulePages"], names: Names): string[] {
  const said: string[] = [];
  const join = (values: readonly string[]) => values.join(words.comma);
  const degrees: Readonly<Record<string, string>> = words.degrees;
  if (criteria.degrees.length > 0)
    said.push(words.degreeIs(criteria.degrees.map((one) => degrees[one] ?? one).join(words.or)));
  if (criteria.parts.length > 0) said.push(words.partIs(join(criteria.parts.map(names.part))));
  if (criteria.kinds.length > 0) said.push(words.kindIs(join(criteria.kinds.map(names.kind))));
  if (criteria.sizes.length > 0) said.push(words.sizeIs(join(criteria.sizes.map(names.size))));
  if (criteria.divisions.length > 0) said.push(words.divisionIs(join(criteria.divisions)));
  if (criteria.statuses.length === 1 && criteria.statuses[0] === "1") said.push(words.existing);
  if (criteria.grades.length > 0) said.push(words.gradeIs(join(criteria.grades)));
  for (const one of criteria.indicators)
    said.push(words.indicatorIs(names.indicator(one.indicator), words.ops[one.op](String(one.value))));
  return said;
}

/** How subjects are found to belong, in words. */
export function rulesOf(
  declared: Declared,
  words: Words["modulePages"],
  kind: (kind: string) => string,
): string[] {
  const { kinds, certain, member, possible, signs } = declared.classification;
  const said = [words.looksAt(kinds.map(kind).join(words.comma))];
  if (certain.length > 0) said.push(words.certain(certain.map(kind).join(words.comma)));
  said.push(words.bySigns, words.byPoints(member, possible));
  if (signs.length > 0)
    said.push(words.byRecords([...new Set(signs.map((one) => one.label))].join(words.comma)));
  return said;
}
