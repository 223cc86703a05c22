import { useQuery } from "@tanstack/react-query";
import { Link } from "wouter";

import { type ModuleInShort, modules as allModules } from "../../api/modules";
import { useLanguage, useWords } from "../../i18n/words";
import { Empty } from "../../parts/Empty";
import { Loaded } from "../../parts/Loaded";
import { Page } from "../../parts/Page";
import { count } from "../../parts/format";
import { typeset } from "../../parts/typeset";
import styles from "./modules.module.css";

/** The feature modules that are on, the province's own among them. */
export function ModulesPage() {
  const { modulePages: words } = useWords();
  const query = useQuery(allModules);
  return (
    <Page title={words.title} lead={words.lead}>
      <Loaded query={query}>
        {(found) =>
          found.length === 0 ? (
            <Empty title={words.none}>{words.noneHint}</Empty>
          ) : (
            <ul className={styles["cards"]}>
              {found.map((one) => (
                <Card key={one.id} one={one} />
              ))}
            </ul>
          )
        }
      </Loaded>
    </Page>
  );
}

function Card({ one }: { one: ModuleInShort }) {
  const { modulePages: words } = useWords();
  const { language } = useLanguage();
  const isZh = language === "zh";
  const figure = (n: number | null) => (n === null ? words.few : count(n));
  return (
    <li>
      <h2>
        <Link href={`/modules/${one.id}`}>{typeset(isZh ? one.name : one.name_en)}</Link>
      </h2>
      <p>{typeset(isZh ? one.summary : one.summary_en)}</p>
      <dl>
        <div>
          <dt>{words.degrees.member}</dt>
          <dd className="num">{figure(one.counts.member)}</dd>
        </div>
        <div>
          <dt>{words.degrees.possible}</dt>
          <dd className="num">{figure(one.counts.possible)}</dd>
        </div>
        <div>
          <dt>{words.fields}</dt>
          <dd className="num">{one.parts.length}</dd>
        </div>
      </dl>
      {one.province && <p className="quiet">{words.ofProvince}</p>}
    </li>
  );
}
