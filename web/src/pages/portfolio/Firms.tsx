import { Link } from "wouter";

import { type Portfolio, type PortfolioQuery, type PortfolioRow, readPortfolio } from "../../api/portfolio";
import { usePerson } from "../../app/session";
import { useWords } from "../../i18n/words";
import { ExportButton, type ExportColumn } from "../../parts/ExportButton";
import { type Column, Rows } from "../../parts/Rows";
import { State, type Tone } from "../../parts/State";
import { count, spacedCode } from "../../parts/format";
import { typeset } from "../../parts/typeset";
import { type Grade, signed } from "./moves";
import styles from "./portfolio.module.css";

const TONES: Readonly<Record<Grade, Tone>> = { 优: "good", 良: "accent", 中: "wait", 差: "bad" };

/** Each firm with its grade on both days, why it changed, and the way to a change report. */
export function Firms({ portfolio }: { portfolio: Portfolio }) {
  const { portfolio: words } = useWords();
  const person = usePerson();
  const columns: Column<PortfolioRow>[] = [
    {
      title: words.firm,
      isHead: true,
      cell: (one) => (
        <div className={styles["firm"]}>
          <Link href={`/workbench/${one.code}?purpose=post_loan`}>{one.name}</Link>
          <span className="code quiet">{spacedCode(one.code)}</span>
        </div>
      ),
    },
    {
      title: words.gradeThen,
      cell: (one) => (one.then_grade === null ? "—" : <GradeState grade={one.then_grade} />),
    },
    { title: words.gradeNow, cell: (one) => <GradeState grade={one.grade} /> },
    { title: words.score, isNumber: true, cell: (one) => count(one.score) },
    {
      title: words.scoreChange,
      isNumber: true,
      cell: (one) => (one.score_change === null ? "—" : signed(one.score_change)),
    },
    { title: words.why, cell: (one) => <Why row={one} /> },
  ];
  if (person.may("issue", "report"))
    columns.push({
      title: "",
      isNumber: true,
      cell: (one) => (
        <Link
          href={`/reports/new?subject=${one.code}&purpose=post_loan&variant=post_loan_change&since=${portfolio.since}`}
          aria-label={words.toReport(one.name)}
        >
          {words.report}
        </Link>
      ),
    });
  return (
    <Rows
      label={words.table}
      rows={portfolio.rows}
      columns={columns}
      keyOf={(one) => `${one.code}${one.model}`}
      isWide
    />
  );
}

function GradeState({ grade }: { grade: Grade }) {
  const { portfolio: words } = useWords();
  return <State tone={TONES[grade]}>{words.grades[grade]}</State>;
}

function Why({ row }: { row: PortfolioRow }) {
  const { portfolio: words } = useWords();
  return (
    <div className={styles["why"]}>
      {row.disputed && (
        <span title={words.isDisputed}>
          <State tone="wait">{words.disputed}</State>
        </span>
      )}
      {whyOf(row).map((text) => (
        <div key={text}>{text}</div>
      ))}
    </div>
  );
}

/** What changed; where nothing did, the vetoes that hold. */
function whyOf(row: PortfolioRow): string[] {
  return [...new Set([...row.reasons, ...row.vetoes])].map(typeset);
}

/** All firms of the filters in force as a sheet. */
export function Export({ asked, total }: { asked: PortfolioQuery; total: number }) {
  const { portfolio: words } = useWords();
  const columns: ExportColumn<PortfolioRow>[] = [
    { title: words.code, value: (one) => one.code },
    { title: words.firm, value: (one) => one.name, width: 36 },
    { title: words.gradeThen, value: (one) => one.then_grade, width: 10 },
    { title: words.gradeNow, value: (one) => one.grade, width: 10 },
    { title: words.scoreThen, value: (one) => one.then_score, kind: "count" },
    { title: words.score, value: (one) => one.score, kind: "count" },
    { title: words.scoreChange, value: (one) => one.score_change, kind: "number" },
    { title: words.why, value: (one) => whyOf(one).join("；"), width: 48 },
    { title: words.disputed, value: (one) => (one.disputed ? words.disputed : ""), width: 10 },
  ];
  return (
    <ExportButton
      name={words.exportName}
      columns={columns}
      readPage={async (page, page_size) => {
        const found = await readPortfolio({ ...asked, page, page_size });
        return { rows: found.rows, total: found.total };
      }}
      keyOf={(one) => `${one.code}${one.model}`}
      pageSize={100}
      total={total}
    />
  );
}
