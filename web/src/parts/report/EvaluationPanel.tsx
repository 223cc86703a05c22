import { Button } from "antd";
import { type ReactNode, useState } from "react";

import { useLanguage, useWords } from "../../i18n/words";
import { Meter } from "../Meter";
import { Section } from "../Page";
import { count } from "../format";
import { typeset } from "../typeset";
import type { ReportEvaluation } from "./report";
import styles from "./report.module.css";

const FEW = 5;

/** The evaluation: grade, points by dimension, reasons in words, what would change it, and the way to a person. */
export function EvaluationPanel({
  evaluation,
  isInner = false,
}: {
  evaluation: ReportEvaluation;
  isInner?: boolean;
}) {
  const { reportView: words } = useWords();
  return isInner ? (
    <Panel evaluation={evaluation} />
  ) : (
    <Section title={words.evaluation}>
      <Panel evaluation={evaluation} />
    </Section>
  );
}

function Panel({ evaluation }: { evaluation: ReportEvaluation }) {
  const { reportView: words } = useWords();
  const { language } = useLanguage();
  const full = evaluation.dimensions.reduce((sum, { weight }) => sum + weight, 0);
  return (
    <div className={styles["evaluation"]}>
      <div className={styles["grade"]}>
        <strong aria-label={`${words.grade} ${evaluation.grade}`}>{evaluation.grade}</strong>
        <p>
          <span className="num">{words.scoreOf(count(evaluation.score), count(full))}</span>
          <span className="quiet">
            {typeset(evaluation.name[language])} {evaluation.version}
          </span>
          <span className="quiet num">
            {words.validTo} {evaluation.valid_to}
          </span>
        </p>
      </div>
      <ul className={styles["dimensions"]} aria-label={words.dimensions}>
        {evaluation.dimensions.map((one) => (
          <li key={one.name.zh}>
            <span>{typeset(one.name[language])}</span>
            <Meter value={one.points} most={one.weight} />
            <span className="num">{words.scoreOf(count(one.points), count(one.weight))}</span>
          </li>
        ))}
      </ul>
      <div className={styles["why"]}>
        <Lines title={words.vetoes} lines={evaluation.vetoes} />
        <Lines title={words.lowered} lines={evaluation.lowered} />
        <Lines title={words.raised} lines={evaluation.raised} />
        <Lines title={words.wouldChange} lines={evaluation.changes} />
        <Lines title={words.missing} lines={evaluation.missing} />
      </div>
      {evaluation.withheld > 0 && (
        <p className={styles["remark"]}>{words.withheld(count(evaluation.withheld))}</p>
      )}
      <p className={styles["remark"]}>
        {words.person}
        {language === "zh" ? "：" : ": "}
        {typeset(evaluation.person)}
      </p>
    </div>
  );
}

function Lines({ title, lines }: { title: string; lines: string[] }): ReactNode {
  const { reportView: words } = useWords();
  const [isAll, setAll] = useState(false);
  if (lines.length === 0) return null;
  const shown = isAll ? lines : lines.slice(0, FEW);
  return (
    <section aria-label={title}>
      <h4>
        {title} <span className="quiet num">{count(lines.length)}</span>
      </h4>
      <ul>
        {shown.map((one) => (
          <li key={one}>{typeset(one)}</li>
        ))}
      </ul>
      {shown.length < lines.length && (
        <Button type="link" size="small" onClick={() => setAll(true)}>
          {words.showAll(count(lines.length))}
        </Button>
      )}
    </section>
  );
}
