import { keepPreviousData, useQuery, type UseQueryResult } from "@tanstack/react-query";
import { Link } from "wouter";

import { catalogue } from "../../api/platform";
import { type Preview, previewOf } from "../../api/preview";
import type { Variant } from "../../api/reports";
import { usePerson } from "../../app/session";
import { useLanguage, useWords } from "../../i18n/words";
import { Loaded } from "../../parts/Loaded";
import { Section } from "../../parts/Page";
import { State } from "../../parts/State";
import { count } from "../../parts/format";
import { typeset } from "../../parts/typeset";
import { outlookOf, TONES } from "../workbench/outlook";
import styles from "./reports.module.css";

/** What the report would hold, decided item by item; nothing is issued by looking. */
export function useOutlook(code: string, purpose: string, asOf: string): UseQueryResult<Preview> {
  return useQuery({ ...previewOf(code, purpose, asOf), placeholderData: keepPreviousData });
}

interface Props {
  code: string;
  purpose: string;
  variant: Variant;
  look: UseQueryResult<Preview>;
}

const ORDER = ["given", "partly", "asked", "later", "needed", "closed"] as const;

export function Outlook({ code, purpose, variant, look }: Props) {
  const { reports } = useWords();
  const { language } = useLanguage();
  const person = usePerson();
  const all = useQuery(catalogue);
  const nameOf = (item: string) =>
    typeset(all.data?.items.find((one) => one.item === item)?.name[language] ?? item);
  return (
    <Section title={reports.will} note={reports.willNote}>
      <Loaded query={look}>
        {({ items }) => {
          // A summary is made of what is open.
          const wanted = variant === "screening" ? items.filter((one) => !one.needs_consent) : items;
          const given = wanted.filter((one) => one.allowed).length;
          const isAskable = wanted.some((one) => outlookOf(one) === "needed");
          return (
            <>
              <p className="num">{reports.willOf(count(given), count(wanted.length))}</p>
              <dl className={styles["outlook"]}>
                {ORDER.map((outlook) => {
                  const ones = wanted.filter((one) => outlookOf(one) === outlook);
                  return (
                    ones.length > 0 && (
                      <div key={outlook}>
                        <dt>
                          <State tone={TONES[outlook]}>{reports.outlooks[outlook]}</State>
                          <span className="quiet num">{count(ones.length)}</span>
                        </dt>
                        <dd>{ones.map((one) => nameOf(one.item)).join(language === "zh" ? "、" : ", ")}</dd>
                      </div>
                    )
                  );
                })}
              </dl>
              {isAskable && person.may("request", "consent") && (
                <p className={styles["remark"]}>
                  <Link href={`/workbench/${encodeURIComponent(code)}?purpose=${purpose}`}>
                    {reports.toAsk}
                  </Link>
                </p>
              )}
            </>
          );
        }}
      </Loaded>
    </Section>
  );
}
