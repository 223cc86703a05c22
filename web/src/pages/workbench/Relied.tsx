import { useQuery } from "@tanstack/react-query";
import { Link } from "wouter";

import { consentsBy } from "../../api/consents";
import type { Preview } from "../../api/preview";
import { useWords } from "../../i18n/words";
import { State } from "../../parts/State";
import { count, day } from "../../parts/format";
import styles from "./workbench.module.css";

/** The authorisations that the answer would rest on, and those that the firm has still to sign. */
export function Relied({ code, consents }: { code: string; consents: Preview["consents"] }) {
  const { workbench } = useWords();
  const pending = useQuery({
    ...consentsBy({ subject: code, state: ["pending"], page_size: 10 }),
    refetchInterval: ({ state }) => ((state.data?.total ?? 0) > 0 ? 5_000 : false), // until the firm has answered
  });
  const waiting = pending.data?.consents ?? [];
  if (consents.length + waiting.length === 0) return null;
  return (
    <ul className={styles["relied"]}>
      {consents.map((one) => (
        <li key={one.id}>
          <State tone="good">{workbench.relied}</State>
          <Link href={`/tracking/${one.id}`}>{workbench.reliedUntil(lastDay(one.valid_to))}</Link>
          {one.left !== null && <span className="quiet num">{workbench.reliedLeft(count(one.left))}</span>}
        </li>
      ))}
      {waiting.map((one) => (
        <li key={one.id}>
          <State tone="calm">{workbench.outlooks.asked}</State>
          <span>{workbench.pending(one.purpose_name, day(one.answer_by))}</span>
          <Link href={`/tracking/${one.id}`}>{workbench.seePending}</Link>
        </li>
      ))}
    </ul>
  );
}

/** The last day of a validity that ends before a moment. */
export function lastDay(before: string): string {
  return day(new Date(new Date(before).getTime() - 1).toISOString());
}
