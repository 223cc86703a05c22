import { type ReactNode, useMemo } from "react";

import { useLanguage, useWords } from "../../i18n/words";
import { typeset } from "../typeset";
import { changesOf, EVALUATION, isSaid } from "./arrange";
import { ChangesPanel } from "./ChangesPanel";
import { EvaluationPanel } from "./EvaluationPanel";
import { Glance } from "./Glance";
import { Head } from "./Head";
import { Counts, Notices, QualityPanel } from "./Panels";
import type { Change, Report } from "./report";
import styles from "./report.module.css";
import { SectionView } from "./SectionView";

/** What a remark is about: an item, or one of its rows; neither: the whole report. */
export interface Target {
  item?: string;
  row?: number; // counted from 1
}

/** What readers may do beside reading; everything is left out where it is not given. */
export interface Ways {
  remark?: (target: Target) => ReactNode; // to say that something is useful, wrong or missing
  askHref?: string; // where an authorisation is asked for
  change?: Change | ""; // only rows with this change
  onChange?: (change: Change | "") => void;
}

/** A whole report, its sections in the order of the layout, with a list of them beside it. */
export function ReportView({ report, ways = {} }: { report: Report; ways?: Ways }) {
  const { reportView: words } = useWords();
  const { language } = useLanguage();
  const sections = useMemo(() => report.sections.filter((one) => isSaid(one, report)), [report]);
  const isElsewhere = report.evaluation !== null && !sections.some(({ id }) => id === EVALUATION);
  const isCompared = report.since !== null;
  const contents: [id: string, name: string][] = [
    ["head", words.head],
    ["glance", isCompared ? words.changesTitle : words.glance],
    ...(isElsewhere ? ([[EVALUATION, words.evaluation]] as [string, string][]) : []),
    ...sections.map(({ id, title }): [string, string] => [id, typeset(title[language])]),
    ["counts", words.counts],
    ["quality", words.quality],
    ["notices", words.notices],
  ];
  return (
    <div className={styles["report"]}>
      <nav className={styles["rail"]} aria-label={words.contents}>
        {contents.map(([id, name]) => (
          <a key={id} href={`#${anchorOf(id)}`}>
            {name}
          </a>
        ))}
      </nav>
      <div className={styles["content"]}>
        <Anchor id="head">
          <Head report={report} />
        </Anchor>
        <Anchor id="glance">
          {isCompared ? (
            <ChangesPanel report={report} changes={changesOf(report)} ways={ways} />
          ) : (
            <Glance report={report} />
          )}
        </Anchor>
        {isElsewhere && report.evaluation !== null && (
          <Anchor id={EVALUATION}>
            <EvaluationPanel evaluation={report.evaluation} />
          </Anchor>
        )}
        {sections.map((section) => (
          <Anchor key={section.id} id={section.id}>
            <SectionView section={section} report={report} ways={ways} />
          </Anchor>
        ))}
        <Anchor id="counts">
          <Counts report={report} />
        </Anchor>
        <Anchor id="quality">
          <QualityPanel quality={report.quality} />
        </Anchor>
        <Anchor id="notices">
          <Notices notices={report.notices} />
        </Anchor>
      </div>
    </div>
  );
}

/** The place in the page at which a part begins. */
export function anchorOf(id: string): string {
  return `part-${id}`;
}

function Anchor({ id, children }: { id: string; children: ReactNode }) {
  return (
    <div id={anchorOf(id)} className={styles["anchor"]}>
      {children}
    </div>
  );
}
