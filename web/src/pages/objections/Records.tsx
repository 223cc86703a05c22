import { useQueries } from "@tanstack/react-query";
import type { ReactNode } from "react";

import { definition } from "../../api/definitions";
import { useLanguage, useWords } from "../../i18n/words";
import { typeset } from "../../parts/typeset";
import styles from "./objections.module.css";

interface Fact {
  item: string;
  batch: number;
  about: Record<string, unknown>;
  provider?: string;
  what?: string;
}

interface Props<T extends Fact> {
  facts: readonly T[];
  lead?: (fact: T, place: number) => ReactNode; // before each, such as a box to tick
  tail?: (fact: T, place: number) => ReactNode; // after each
}

/** Records by what identifies them, with the names that the catalogue gives. */
export function Records<T extends Fact>({ facts, lead, tail }: Props<T>) {
  const { objectionDesk: words } = useWords();
  const { language } = useLanguage();
  const items = [...new Set(facts.map((fact) => fact.item))];
  const queries = useQueries({ queries: items.map((item) => definition(item)) });
  return (
    <ul className={styles["records"]}>
      {facts.map((fact, place) => {
        const item = queries[items.indexOf(fact.item)]?.data;
        const said = Object.entries(fact.about).map(([name, value]) => {
          const field = item?.fields.find((one) => one.name === name);
          const text = value === null || value === undefined ? "—" : String(value);
          return `${typeset(field?.[language] ?? name)} ${field?.codes?.[text] ?? text}`;
        });
        return (
          <li key={`${fact.item} ${fact.batch} ${said.join(" ")} ${place}`}>
            {lead?.(fact, place)}
            <div>
              <strong>{typeset(item?.name[language] ?? fact.item)}</strong>
              <p>{said.join(words.semicolon)}</p>
              <p className="quiet num">
                {words.from(
                  fact.provider === undefined || item?.provider.code !== fact.provider
                    ? (fact.provider ?? "")
                    : item.provider[language],
                  fact.batch,
                )}
              </p>
              {fact.what !== undefined && <p>{words.whatIsWrong(fact.what)}</p>}
              {tail?.(fact, place)}
            </div>
          </li>
        );
      })}
    </ul>
  );
}
