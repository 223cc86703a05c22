import { useQuery } from "@tanstack/react-query";

import { catalogue } from "../../api/platform";
import type { Criteria } from "../../api/screenings";
import { useLanguage, useWords } from "../../i18n/words";
import { typeset } from "../../parts/typeset";
import { filledOf, WITHOUT } from "./criteria";

/** Criteria in words: heading and what is asked for. */
export function useCriteriaWords(): (criteria: Criteria) => [heading: string, words: string][] {
  const { screening, search } = useWords();
  const { language } = useLanguage();
  const items = useQuery(catalogue);
  const and = language === "zh" ? "、" : ", ";
  const nameOf = (item: string) =>
    typeset(items.data?.items.find((one) => one.item === item)?.name[language] ?? item);
  return (criteria) => {
    const { divisions, industries, sizes, from, to, presets, facts } = filledOf(criteria);
    const lines: [string, string][] = [];
    if (divisions.length > 0) lines.push([screening.divisions, divisions.join(and)]);
    if (industries.length > 0) {
      const named = industries.map(
        (one) => screening.sections[one as keyof typeof screening.sections] ?? one,
      );
      lines.push([screening.industries, named.join(and)]);
    }
    if (sizes.length > 0)
      lines.push([
        screening.sizes,
        sizes.map((one) => search.sizes[one as keyof typeof search.sizes]).join(and),
      ]);
    if (from !== "") lines.push([screening.established, `${screening.from} ${from}`]);
    if (to !== "") lines.push([screening.established, `${screening.to} ${to}`]);
    const without = presets.filter((one) => WITHOUT.includes(one));
    if (without.length > 0)
      lines.push([
        screening.record,
        `${screening.hasNot}：${without.map((one) => screening.presets[one]).join(and)}`,
      ]);
    const others = presets.filter((one) => !WITHOUT.includes(one));
    if (others.length > 0)
      lines.push([screening.strength, others.map((one) => screening.presets[one]).join(and)]);
    for (const one of facts) {
      const condition = one.field === "" ? "" : ` ${one.field} ${screening.ops[one.op]} ${one.value}`;
      lines.push([
        screening.more,
        `${one.present ? screening.has : screening.hasNot} ${nameOf(one.item)}${condition}`,
      ]);
    }
    return lines;
  };
}
