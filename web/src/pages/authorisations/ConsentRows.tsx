import { useQuery } from "@tanstack/react-query";
import { Link } from "wouter";

import type { Consent } from "../../api/consents";
import { catalogue } from "../../api/platform";
import { useLanguage, useWords } from "../../i18n/words";
import { type Column, Rows } from "../../parts/Rows";
import { State } from "../../parts/State";
import { count } from "../../parts/format";
import { typeset } from "../../parts/typeset";
import { Deeds } from "./Deeds";
import styles from "./authorisations.module.css";
import { daysLeft, lastDay, standingOf, TONES } from "./standing";
import { useTimeLeft } from "./useTimeLeft";

/** Authorisations in force or paused, with what can be done about each. */
export function InForceRows({ consents }: { consents: Consent[] }) {
  const { authorisations: words } = useWords();
  const columns: Column<Consent>[] = [
    useWho(),
    useItems(),
    { title: words.used, cell: (one) => <Used one={one} />, isNumber: true },
    { title: words.until, cell: (one) => <Until one={one} /> },
    { title: words.state, cell: (one) => <Stands one={one} /> },
    { title: "", cell: (one) => <Deeds consent={one} isShort />, isNumber: true },
  ];
  return <Rows label={words.tabs.inForce} rows={consents} columns={columns} keyOf={(one) => one.id} />;
}

/** Authorisations that have ended. */
export function EndedRows({ consents }: { consents: Consent[] }) {
  const { authorisations: words } = useWords();
  const columns: Column<Consent>[] = [
    useWho(),
    useItems(),
    { title: words.used, cell: (one) => <Used one={one} />, isNumber: true },
    { title: words.until, cell: (one) => lastDay(one.valid_to) },
    { title: words.state, cell: (one) => <Stands one={one} /> },
  ];
  return <Rows label={words.tabs.ended} rows={consents} columns={columns} keyOf={(one) => one.id} />;
}

function useWho(): Column<Consent> {
  const { authorisations: words } = useWords();
  return {
    title: words.grantee,
    cell: (one) => (
      <div className={styles["who"]}>
        <Link href={`/authorisations/${one.id}`}>{one.grantee_name}</Link>
        <span className="quiet">{words.purposes[one.purpose] ?? one.purpose_name}</span>
      </div>
    ),
    isHead: true,
  };
}

function useItems(): Column<Consent> {
  const { authorisations: words } = useWords();
  const { language } = useLanguage();
  const query = useQuery(catalogue);
  const names = new Map(query.data?.items.map((one) => [one.item, typeset(one.name[language])]));
  return {
    title: words.items,
    cell: (one) => {
      const items = Object.keys(one.items).map((item) => names.get(item) ?? item);
      const [first] = items;
      return items.length < 2 ? (
        (first ?? "—")
      ) : (
        <span title={items.join("、")}>{`${first} · ${words.itemsOf(count(items.length))}`}</span>
      );
    },
  };
}

function Used({ one }: { one: Consent }) {
  const { authorisations: words } = useWords();
  return one.max_calls === null
    ? words.usedAny(count(one.used))
    : words.usedOf(count(one.used), count(one.max_calls));
}

function Until({ one }: { one: Consent }) {
  const timeLeft = useTimeLeft();
  const days = daysLeft(one.valid_to, new Date());
  return (
    <div className={styles["who"]}>
      <span>{lastDay(one.valid_to)}</span>
      {days <= 30 && <span className={styles["soon"]}>{timeLeft(one.valid_to)}</span>}
    </div>
  );
}

/** How an authorisation stands. */
export function Stands({ one }: { one: Pick<Consent, "state" | "signed_at"> }) {
  const { authorisations: words } = useWords();
  const standing = standingOf(one);
  return <State tone={TONES[standing]}>{words.states[standing]}</State>;
}
