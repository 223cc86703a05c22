import { useQuery } from "@tanstack/react-query";
import { Input, Select } from "antd";
import { Link } from "wouter";

import { catalogue as all } from "../../api/platform";
import type { CatalogueItem } from "../../api/types";
import { useLanguage, useWords } from "../../i18n/words";
import { Empty } from "../../parts/Empty";
import { Filter, Filters } from "../../parts/Filters";
import { Loaded } from "../../parts/Loaded";
import { Page } from "../../parts/Page";
import { State } from "../../parts/State";
import { useAddress } from "../../parts/address";
import { typeset } from "../../parts/typeset";
import { type Group, grouped, matching } from "./search";
import { toneOfAccess } from "./tones";
import styles from "./CataloguePage.module.css";

/** All items of the catalogue in force, by class or by provider. For everybody. */
export function CataloguePage() {
  const { catalogue } = useWords();
  const query = useQuery(all);
  const { value, change } = useAddress();
  const asked = { text: value("text"), access: value("access"), by: value("by") };
  return (
    <Page title={catalogue.title} lead={catalogue.lead}>
      <Filters>
        <Filter label={catalogue.find} id="text">
          <Input.Search
            id="text"
            allowClear
            key={asked.text}
            defaultValue={asked.text}
            placeholder={catalogue.findHint}
            maxLength={60}
            onSearch={(text) => change({ text: text.trim() })}
          />
        </Filter>
        <Filter label={catalogue.by} id="by">
          <Select
            id="by"
            value={asked.by || "class"}
            onChange={(by: string) => change({ by: by === "class" ? "" : by })}
            options={[
              { value: "class", label: catalogue.byClass },
              { value: "provider", label: catalogue.byProvider },
            ]}
          />
        </Filter>
        <Filter label={catalogue.access} id="access">
          <Select
            id="access"
            allowClear
            value={asked.access || null}
            placeholder={catalogue.any}
            onChange={(access: string | null) => change({ access: access ?? "" })}
            options={Object.entries(catalogue.levels).map(([key, label]) => ({ value: key, label }))}
          />
        </Filter>
      </Filters>
      <Loaded query={query}>
        {(list) => <Found items={list.items} overlay={list.overlay} asked={asked} />}
      </Loaded>
    </Page>
  );
}

interface FoundProps {
  items: CatalogueItem[];
  overlay: string | null;
  asked: { text: string; access: string; by: string };
}

function Found({ items, overlay, asked }: FoundProps) {
  const { catalogue } = useWords();
  const { language } = useLanguage();
  const found = matching(items, asked);
  if (found.length === 0) return <Empty title={catalogue.empty}>{catalogue.emptyHint}</Empty>;
  const classes = new Set(found.map((item) => item.class_no)).size;
  return (
    <>
      <p className={`${styles["figures"]} num`} role="status">
        {catalogue.figures(classes, found.length)}
        {overlay !== null && ` · ${catalogue.overlay(overlay)}`}
      </p>
      {grouped(found, asked.by, language).map((group) => (
        <GroupOfItems key={group.key} group={group} isNumbered={asked.by !== "provider"} />
      ))}
    </>
  );
}

function GroupOfItems({ group, isNumbered }: { group: Group; isNumbered: boolean }) {
  const { catalogue } = useWords();
  const { language } = useLanguage();
  const cycles: Readonly<Record<string, string>> = catalogue.cycles;
  const levels: Readonly<Record<string, string>> = catalogue.levels;
  return (
    <section className={styles["group"]} aria-label={group.name}>
      <h2>
        {isNumbered && <span className={`${styles["no"]} num`}>{group.key.padStart(2, "0")}</span>}
        {typeset(group.name)}
      </h2>
      <ul className={styles["items"]}>
        {group.items.map((item) => (
          <li key={item.item}>
            <span className={`code ${styles["number"]}`}>{item.item}</span>
            <Link href={`/catalogue/${item.item}`}>{typeset(item.name[language])}</Link>
            <span className={styles["about"]}>
              {[
                isNumbered ? typeset(item.provider) : item.class_name[language],
                cycles[item.update_cycle] ?? item.update_cycle,
                catalogue.fieldCount(item.fields),
              ].join(" · ")}
            </span>
            <State tone={toneOfAccess(item.access)}>{levels[item.access] ?? item.access}</State>
          </li>
        ))}
      </ul>
    </section>
  );
}
