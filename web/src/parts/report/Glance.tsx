import { useWords } from "../../i18n/words";
import { Section } from "../Page";
import { count } from "../format";
import { EVALUATION, glance } from "./arrange";
import { anchorOf } from "./ReportView";
import type { Report } from "./report";
import styles from "./report.module.css";

/** What one has to know first: grade, how much was given, what is disputed, what is missing. */
export function Glance({ report }: { report: Report }) {
  const { reportView: words } = useWords();
  const seen = glance(report);
  const tiles: [name: string, value: string, note: string][] = [
    [words.given, words.ofItems(count(seen.given)), words.ofRows(count(seen.rows))],
    [words.none, words.ofItems(count(seen.none)), ""],
    [words.refused, words.ofItems(count(seen.refused)), ""],
    [words.disputed, words.ofRows(count(seen.disputed)), ""],
  ];
  const { evaluation } = report;
  return (
    <Section title={words.glance}>
      <dl className={styles["tiles"]}>
        <div>
          <dt>{words.grade}</dt>
          <dd className={styles["figure"]}>
            {evaluation === null ? "—" : <a href={`#${anchorOf(EVALUATION)}`}>{evaluation.grade}</a>}
          </dd>
          <dd className="quiet num">
            {evaluation === null
              ? words.noEvaluation
              : words.scoreOf(
                  count(evaluation.score),
                  count(evaluation.dimensions.reduce((sum, { weight }) => sum + weight, 0)),
                )}
          </dd>
        </div>
        {tiles.map(([name, value, note]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd className={styles["figure"]}>{value}</dd>
            <dd className="quiet num">{note}</dd>
          </div>
        ))}
      </dl>
    </Section>
  );
}
