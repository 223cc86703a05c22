import { useQuery } from "@tanstack/react-query";

import { statistics } from "../../api/public";
import { useWords } from "../../i18n/words";

/** The name of a part of a group: a city, a class of size, a section of industry, a kind of subject. */
export function useGroupNames(): (group: string, part: string | null) => string {
  const { grading, search, screening } = useWords();
  const query = useQuery(statistics);
  const sizes: Readonly<Record<string, string>> = search.sizes;
  const kinds: Readonly<Record<string, string>> = search.kinds;
  const sections: Readonly<Record<string, string>> = screening.sections;
  return (group, part) => {
    if (part === null || part === "未知") return grading.unknown;
    if (part === "其他") return grading.others;
    if (group === "size") return sizes[part] ?? part;
    if (group === "section") return sections[part] ?? part;
    if (group === "kind") return kinds[part] ?? part;
    const area = query.data?.subjects.areas.find((one) => one.code.startsWith(part));
    return area?.name ?? part;
  };
}
