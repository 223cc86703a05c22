import { useQuery } from "@tanstack/react-query";

import { catalogue } from "../../api/platform";
import { useLanguage, useWords } from "../../i18n/words";
import { Facts } from "../Facts";
import { Section } from "../Page";
import { type Column, Rows } from "../Rows";
import { count } from "../format";
import { typeset } from "../typeset";
import { sectionOf } from "./arrange";
import { anchorOf } from "./ReportView";
import type { Report, ReportQuality, Text } from "./report";
import styles from "./report.module.css";

/** The totals (数量汇总), each with the way to its section. */
export function Counts({ report }: { report: Report }) {
  const { reportView: words } = useWords();
  const { language } = useLanguage();
  return (
    <Section title={words.counts}>
      <dl className={styles["counts"]}>
        {report.counts.map((one) => {
          const section = sectionOf(report, one.item);
          const label = typeset(one.label[language]);
          return (
            <div key={one.label.zh}>
              <dt>{section === null ? label : <a href={`#${anchorOf(section)}`}>{label}</a>}</dt>
              <dd className="num">{count(one.count)}</dd>
            </div>
          );
        })}
      </dl>
    </Section>
  );
}

/** How complete and how fresh the report is. */
export function QualityPanel({ quality }: { quality: ReportQuality }) {
  const { reportView: words } = useWords();
  const { language } = useLanguage();
  const items = useQuery(catalogue);
  const nameOf = (item: string) =>
    typeset(items.data?.items.find((one) => one.item === item)?.name[language] ?? item);
  const columns: Column<ReportQuality["classes"][number]>[] = [
    { title: words.className, isHead: true, cell: (one) => typeset(one.name[language]) },
    { title: words.items, isNumber: true, cell: (one) => count(one.items) },
    { title: words.held, isNumber: true, cell: (one) => count(one.held) },
    { title: words.givenItems, isNumber: true, cell: (one) => count(one.given) },
  ];
  return (
    <Section title={words.quality} note={words.qualityNote}>
      <Facts
        facts={[
          [words.coverage, <span className="num">{words.percent((100 * quality.coverage).toFixed(1))}</span>],
          [words.freshest, <span className="num">{quality.freshest ?? "—"}</span>],
          [words.oldest, <span className="num">{quality.oldest ?? "—"}</span>],
          [
            words.overdue,
            quality.overdue_items.length === 0
              ? words.noOverdue
              : quality.overdue_items.map(nameOf).join(language === "zh" ? "、" : ", "),
          ],
        ]}
      />
      <div className={styles["classes"]}>
        <Rows label={words.quality} rows={quality.classes} columns={columns} keyOf={(one) => one.class} />
      </div>
    </Section>
  );
}

/** What the report is, may be used for, and which rights its subject has. */
export function Notices({ notices }: { notices: Text[] }) {
  const { reportView: words } = useWords();
  const { language } = useLanguage();
  return (
    <Section title={words.notices}>
      <ol className={styles["notices"]}>
        {notices.map((one) => (
          <li key={one.zh}>{typeset(one[language])}</li>
        ))}
      </ol>
    </Section>
  );
}
