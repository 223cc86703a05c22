import { useQuery } from "@tanstack/react-query";

import { type Model, type Month, monthsOf } from "../../api/evaluationDesk";
import { useWords } from "../../i18n/words";
import { TimeChart } from "../../parts/chart/Chart";
import { Empty } from "../../parts/Empty";
import { Loaded } from "../../parts/Loaded";
import { Section } from "../../parts/Page";
import { type Column, Rows } from "../../parts/Rows";
import { State, type Tone } from "../../parts/State";
import { count, moment } from "../../parts/format";

const TONES: Readonly<Record<string, Tone>> = { stable: "good", watch: "wait", alarm: "bad" };

/** How far the scores have moved since the version was approved, month by month. */
export function Monitoring({ model }: { model: Model }) {
  const { scorecards: words } = useWords();
  const query = useQuery(monthsOf(model.id, model.version));
  return (
    <Section title={words.psiTitle} note={words.psiNote}>
      <Loaded query={query}>
        {(months) =>
          months.length === 0 ? (
            <Empty title={words.noMonths}>{words.noMonthsHint}</Empty>
          ) : (
            <Months months={months} />
          )
        }
      </Loaded>
    </Section>
  );
}

function Months({ months }: { months: Month[] }) {
  const { scorecards: words } = useWords();
  const drifts: Readonly<Record<string, string>> = words.drifts;
  const early = [...months].reverse();
  const columns: Column<Month>[] = [
    { title: words.month, cell: (one) => <span className="num">{one.month}</span>, isHead: true },
    { title: words.psi, cell: (one) => one.psi.toFixed(3), isNumber: true },
    {
      title: words.drift,
      cell: (one) => <State tone={TONES[one.drift] ?? "calm"}>{drifts[one.drift] ?? one.drift}</State>,
    },
    { title: words.subjects, cell: (one) => count(one.subjects), isNumber: true },
    { title: words.measured, cell: (one) => <span className="num">{moment(one.at)}</span> },
  ];
  return (
    <>
      <TimeChart
        title={words.psiCourse}
        format={(value) => value.toFixed(3)}
        labels={early.map((one) => one.month)}
        series={[
          { name: words.psi, values: early.map((one) => one.psi) },
          { name: words.drifts.watch, values: early.map(() => 0.1) },
          { name: words.drifts.alarm, values: early.map(() => 0.25) },
        ]}
        height={220}
      />
      <Rows label={words.psiTitle} rows={months} columns={columns} keyOf={(one) => one.month} />
    </>
  );
}
