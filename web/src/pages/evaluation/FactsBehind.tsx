import { useQuery } from "@tanstack/react-query";
import { Link } from "wouter";

import type { FactBehind } from "../../api/ownEvaluation";
import { definitionOf, type ItemDefinition } from "../../api/inquiries";
import { catalogue } from "../../api/platform";
import { useLanguage, useWords } from "../../i18n/words";
import { Facts } from "../../parts/Facts";
import { day } from "../../parts/format";
import { typeset } from "../../parts/typeset";
import { shownValue } from "../file/shown";
import styles from "./evaluation.module.css";

/** The records behind a reason: what identifies each, where it is from, and the way to all of it. */
export function FactsBehind({ facts }: { facts: FactBehind[] }) {
  return (
    <ol className={styles["behind"]}>
      {facts.map((fact, place) => (
        <li key={place}>
          <OneFact fact={fact} />
        </li>
      ))}
    </ol>
  );
}

function OneFact({ fact }: { fact: FactBehind }) {
  const { evaluation: words } = useWords();
  const { language } = useLanguage();
  const { data } = useQuery(definitionOf(fact.item));
  const items = useQuery(catalogue);
  const about = items.data?.items.find((one) => one.item === fact.item);
  const provider = data?.provider.code === fact.provider ? data.provider[language] : fact.provider;
  return (
    <>
      <h4>{typeset(data?.name[language] ?? fact.item_name)}</h4>
      <Facts facts={useValues(fact, data)} />
      <p className={styles["origin"]}>
        <span>{words.origin(provider, day(fact.first_seen), String(fact.batch))}</span>
        {about !== undefined && <Link href={`/file/${about.class_no}`}>{words.seeFile}</Link>}
      </p>
    </>
  );
}

function useValues(fact: FactBehind, definition: ItemDefinition | undefined): [string, string][] {
  const { file } = useWords();
  const { language } = useLanguage();
  const said = { language, yes: file.yes, no: file.no };
  return Object.entries(fact.about).map(([name, value]) => {
    const field = definition?.fields.find((one) => one.name === name);
    return field === undefined
      ? [name, String((value as string | number | null) ?? "—")]
      : [typeset(field[language]), shownValue(field, value as string | number | boolean | null, said)];
  });
}
