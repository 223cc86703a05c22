import { Link } from "wouter";

import { useLanguage, useWords } from "../../i18n/words";
import { Section } from "../Page";
import { TimeChart } from "../chart/Chart";
import { typeset } from "../typeset";
import { EVALUATION, mayBeAskedFor, sorted } from "./arrange";
import { EvaluationPanel } from "./EvaluationPanel";
import { ItemView } from "./ItemView";
import { Relations } from "./Relations";
import type { Ways } from "./ReportView";
import type { Report, ReportItem, ReportSection } from "./report";
import styles from "./report.module.css";

interface Props {
  section: ReportSection;
  report: Report;
  ways: Ways;
}

/** One section: what is told item by item, drawings of it, what there is none of, and what was not given and why. */
export function SectionView({ section, report, ways }: Props) {
  const { language } = useLanguage();
  const { told, none, refused } = sorted(section);
  const compared: [string, string] | null = report.since === null ? null : [report.since, report.as_of];
  if (section.id === EVALUATION && report.evaluation !== null && section.parts.length === 0)
    return <EvaluationPanel evaluation={report.evaluation} />;
  return (
    <Section
      title={typeset(section.title[language])}
      {...(section.note === null ? {} : { note: typeset(section.note[language]) })}
    >
      <div className={styles["items"]}>
        {section.id === EVALUATION && report.evaluation !== null && (
          <EvaluationPanel evaluation={report.evaluation} isInner />
        )}
        {section.charts.length > 0 && <Charts section={section} />}
        {told.map((part) => (
          <ItemView key={part.item} part={part} compared={compared} ways={ways} />
        ))}
        {section.relations.length > 0 && <Relations relations={section.relations} />}
        {none.length > 0 && <NoneOf parts={none} />}
        {refused.length > 0 && <Refused parts={refused} ways={ways} />}
      </div>
    </Section>
  );
}

function Charts({ section }: { section: ReportSection }) {
  const { language } = useLanguage();
  return (
    <div className={styles["charts"]}>
      {section.charts.map((chart) => (
        <TimeChart
          key={chart.id}
          title={typeset(chart.title[language])}
          unit={typeset(chart.unit[language])}
          labels={chart.x}
          shape={chart.kind}
          height={200}
          format={(value) => value.toLocaleString("en-US", { maximumFractionDigits: 2 })}
          series={chart.series.map((one) => ({ name: typeset(one.name[language]), values: one.values }))}
        />
      ))}
    </div>
  );
}

function NoneOf({ parts }: { parts: ReportItem[] }) {
  const { reportView: words } = useWords();
  const { language } = useLanguage();
  return (
    <div>
      <h3>{words.noneOf}</h3>
      <p>{parts.map((one) => typeset(one.title[language])).join(language === "zh" ? "、" : ", ")}</p>
      <p className={styles["remark"]}>{words.noneNote}</p>
    </div>
  );
}

/** What was not given, why, and how to obtain it. */
function Refused({ parts, ways }: { parts: ReportItem[]; ways: Ways }) {
  const { reportView: words } = useWords();
  const { language } = useLanguage();
  const isAskable = parts.some(({ reason }) => mayBeAskedFor(reason?.code));
  return (
    <div>
      <h3>{words.refusedOf}</h3>
      <ul className={styles["refused"]}>
        {parts.map((one) => (
          <li key={one.item}>
            <span>{typeset(one.title[language])}</span>
            <span className="quiet">
              {one.reason === null ? "" : typeset(one.reason[language])}{" "}
              {mayBeAskedFor(one.reason?.code) ? words.refusedFirm : ""}
            </span>
          </li>
        ))}
      </ul>
      {isAskable && ways.askHref !== undefined && (
        <p className={styles["ask"]}>
          <Link href={ways.askHref}>{words.ask}</Link>
        </p>
      )}
    </div>
  );
}
