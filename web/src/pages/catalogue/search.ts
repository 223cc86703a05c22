import type { CatalogueItem } from "../../api/types";

export interface Sought {
  text: string;
  access: string;
}

/** Items whose number, names or provider contain the text, case and spaces aside, at one level of access or any. */
export function matching(items: readonly CatalogueItem[], { text, access }: Sought): CatalogueItem[] {
  const wanted = plain(text);
  return items.filter(
    (item) =>
      (access === "" || item.access === access) &&
      (wanted === "" ||
        item.item === wanted ||
        [item.name.zh, item.name.en, item.slug, item.provider, item.class_name.zh, item.class_name.en].some(
          (one) => plain(one).includes(wanted),
        )),
  );
}

export interface Group {
  key: string;
  name: string;
  items: CatalogueItem[];
}

/** Items in groups, by class in the catalogue's order or by provider. */
export function grouped(items: readonly CatalogueItem[], by: string, language: "zh" | "en"): Group[] {
  const groups = new Map<string, Group>();
  for (const item of items) {
    const key = by === "provider" ? item.provider : String(item.class_no);
    const group = groups.get(key);
    if (group !== undefined) group.items.push(item);
    else
      groups.set(key, {
        key,
        name: by === "provider" ? item.provider : item.class_name[language],
        items: [item],
      });
  }
  const order = (group: Group) => group.items[0]?.class_no ?? 0;
  const found = [...groups.values()];
  return by === "provider"
    ? found.sort((a, b) => b.items.length - a.items.length)
    : found.sort((a, b) => order(a) - order(b));
}

function plain(text: string): string {
  return text.toLowerCase().replace(/\s+/g, "");
}
