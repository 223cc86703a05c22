import { useQuery } from "@tanstack/react-query";

import type { Batch } from "../../api/collect";
import { definition } from "../../api/definitions";
import { useLanguage, useWords } from "../../i18n/words";
import { count } from "../../parts/format";
import { Section } from "../../parts/Page";
import { type Column, Rows } from "../../parts/Rows";
import { typeset } from "../../parts/typeset";
import { percent } from "../quality/months";
import { splitReason } from "./steps";
import styles from "./delivery.module.css";

const COUNTS = [
  "read",
  "accepted",
  "quarantined",
  "new",
  "changed",
  "unchanged",
  "duplicates",
  "deleted",
  "closed",
] as const;
const SHARES = [
  "accuracy",
  "completeness",
  "required_completeness",
  "timeliness",
  "unchanged_share",
] as const;

/** How many rows went which way; the three that matter always, the others where there are any. */
export function Figures({ batch }: { batch: Batch }) {
  const { deliveries: words, batchDesk } = useWords();
  if (batch.counts.read === 0) return null;
  const shown = COUNTS.filter((name, at) => at < 3 || batch.counts[name] > 0);
  return (
    <Section title={words.figures}>
      <dl className={styles["figures"]}>
        {shown.map((name) => (
          <div key={name}>
            <dt>{batchDesk.countNames[name]}</dt>
            <dd className="num">{count(batch.counts[name])}</dd>
          </div>
        ))}
      </dl>
    </Section>
  );
}

/** Why rows were set aside, most frequent first; what was only warned of is left out. */
export function Reasons({ batch }: { batch: Batch }) {
  const { deliveries: words, batchDesk } = useWords();
  const { language } = useLanguage();
  const item = useQuery(definition(batch.item));
  const lines = Object.entries(batch.reasons)
    .filter(([reason]) => !reason.startsWith("warning:"))
    .map(([reason, rows]) => ({ reason, rows, ...splitReason(reason) }))
    .sort((a, b) => b.rows - a.rows);
  if (lines.length === 0) return null;
  const codes: Readonly<Record<string, string>> = words.codes;
  const say = (field: string | null, code: string) => {
    const check = [...(item.data?.checks ?? []), ...(item.data?.batch_checks ?? [])].find(
      (one) => one.id === field,
    );
    if (check !== undefined) return typeset(check.message[language]);
    const named = item.data?.fields.find((one) => one.name === field)?.[language] ?? field ?? words.ofRow;
    return `${named}：${codes[code] ?? code}`;
  };
  const columns: Column<(typeof lines)[number]>[] = [
    {
      title: words.reason,
      isHead: true,
      cell: (line) => say(line.field, line.code),
    },
    { title: batchDesk.reason, cell: (line) => <span className="code">{line.code}</span> },
    { title: words.rows, isNumber: true, cell: (line) => count(line.rows) },
  ];
  return (
    <Section title={words.reasons}>
      <Rows label={words.reasons} rows={lines} columns={columns} keyOf={(line) => line.reason} />
    </Section>
  );
}

/** The shares by which quality is measured, each with how it is counted. */
export function Quality({ batch }: { batch: Batch }) {
  const { deliveries: words } = useWords();
  const told = SHARES.flatMap((name) => {
    const share = batch.quality[name];
    return typeof share === "number" ? [{ name, share }] : [];
  });
  if (told.length === 0) return null;
  return (
    <Section title={words.quality}>
      <dl className={styles["figures"]}>
        {told.map(({ name, share }) => (
          <div key={name}>
            <dt>{words.qualityNames[name]}</dt>
            <dd className="num">{percent(share)}</dd>
            <dd className={styles["how"]}>{words.qualityHints[name]}</dd>
          </div>
        ))}
      </dl>
    </Section>
  );
}
