import { useQuery } from "@tanstack/react-query";
import { Link } from "wouter";

import { type Finding, type Health, type LateItem, nodeHealth } from "../../api/health";
import { usePerson } from "../../app/session";
import { useLanguage, useWords } from "../../i18n/words";
import { Empty } from "../../parts/Empty";
import { Loaded } from "../../parts/Loaded";
import { Page, Section } from "../../parts/Page";
import { type Column, Rows } from "../../parts/Rows";
import { State } from "../../parts/State";
import { moment } from "../../parts/format";
import { typeset } from "../../parts/typeset";
import { mayOpen } from "./places";
import { TONES } from "./tones";
import styles from "./health.module.css";

/** Is everything well? Each part with a state, words, and what to do. */
export function HealthPage() {
  const { health } = useWords();
  const query = useQuery(nodeHealth);
  return (
    <Page
      title={health.title}
      lead={health.lead}
      actions={query.data && <span className="quiet num">{health.at(moment(query.data.at))}</span>}
    >
      <Loaded query={query}>{(found) => <Findings found={found} />}</Loaded>
    </Page>
  );
}

function Findings({ found }: { found: Health }) {
  const { health } = useWords();
  return (
    <>
      <div className={`${styles["overall"]} ${styles[found.state]}`} role="status">
        <State tone={TONES[found.state]}>{health.states[found.state]}</State>
        <strong>{health.overall[found.state]}</strong>
      </div>
      <Section title={health.findings}>
        <ul className={styles["findings"]}>
          {found.findings.map((one) => (
            <OneFinding key={one.code} one={one} />
          ))}
        </ul>
      </Section>
      <Section title={health.late} note={health.lateNote}>
        <Late late={found.late} />
      </Section>
    </>
  );
}

function OneFinding({ one }: { one: Finding }) {
  const { health } = useWords();
  const { language } = useLanguage();
  const person = usePerson();
  const isBroken = one.state === "attention" || one.state === "bad";
  return (
    <li>
      <h3>{one.name[language]}</h3>
      <State tone={TONES[one.state]}>{health.states[one.state]}</State>
      <div>
        <p className="num">{typeset(one.words[language])}</p>
        {one.remedy !== null && <p className={styles["remedy"]}>{typeset(one.remedy[language])}</p>}
      </div>
      {one.place !== null && mayOpen(person, one.place) && (
        <Link href={one.place} className={styles["place"] ?? ""}>
          {isBroken ? health.see : health.look}
        </Link>
      )}
    </li>
  );
}

function Late({ late }: { late: LateItem[] }) {
  const { health, catalogue } = useWords();
  const { language } = useLanguage();
  if (late.length === 0) return <Empty title={health.noneLate}>{health.noneLateHint}</Empty>;
  const cycles: Readonly<Record<string, string>> = catalogue.cycles;
  const columns: Column<LateItem>[] = [
    {
      title: health.item,
      isHead: true,
      cell: (one) => <Link href={`/catalogue/${one.item}`}>{`${one.item} ${one.item_name[language]}`}</Link>,
    },
    { title: health.provider, cell: (one) => one.provider_name },
    { title: health.every, cell: (one) => cycles[one.every] ?? one.every },
    { title: health.last, cell: (one) => <span className="num">{one.last ?? "—"}</span> },
    { title: health.due, cell: (one) => <span className="num">{one.due ?? "—"}</span> },
    {
      title: health.state,
      cell: (one) =>
        one.days === null ? (
          <State tone="calm">{health.never}</State>
        ) : (
          <State tone={one.days > 30 ? "bad" : "wait"}>{health.days(one.days)}</State>
        ),
    },
  ];
  return (
    <Rows label={health.late} rows={late} columns={columns} keyOf={(one) => `${one.provider} ${one.item}`} />
  );
}
