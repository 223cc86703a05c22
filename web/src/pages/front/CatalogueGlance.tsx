import { useQuery } from "@tanstack/react-query";

import { catalogue } from "../../api/platform";
import type { CatalogueItem } from "../../api/types";
import { useLanguage, useWords } from "../../i18n/words";
import { Loaded } from "../../parts/Loaded";
import styles from "./FrontPage.module.css";

/** What is collected, class by class, as the catalogue in force says. */
export function CatalogueGlance() {
  const { front } = useWords();
  const query = useQuery(catalogue);
  return (
    <section className={styles["band"]} aria-labelledby="catalogue">
      <h2 id="catalogue">{front.catalogue}</h2>
      <p className="quiet">{front.catalogueNote}</p>
      <Loaded query={query}>{(list) => <Classes items={list.items} />}</Loaded>
    </section>
  );
}

function Classes({ items }: { items: CatalogueItem[] }) {
  const { front } = useWords();
  const { language } = useLanguage();
  const classes = byClass(items);
  return (
    <>
      <p className={styles["figures"]}>
        <strong className="num">{classes.length}</strong> {front.classes}
        <strong className="num">{items.length}</strong> {front.items}
      </p>
      <ul className={styles["classes"]}>
        {classes.map((group) => (
          <li key={group[0].class_no}>
            <h3>{group[0].class_name[language]}</h3>
            <p>{group.map((item) => item.name[language]).join(language === "zh" ? "、" : "; ")}</p>
          </li>
        ))}
      </ul>
    </>
  );
}

type Group = [CatalogueItem, ...CatalogueItem[]];

/** Items in groups of one class each, in the catalogue's order. */
export function byClass(items: CatalogueItem[]): Group[] {
  const groups = new Map<number, Group>();
  for (const item of items) {
    const group = groups.get(item.class_no);
    if (group === undefined) groups.set(item.class_no, [item]);
    else group.push(item);
  }
  return [...groups.values()].sort((a, b) => a[0].class_no - b[0].class_no);
}
