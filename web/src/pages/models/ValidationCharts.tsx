import { useMemo } from "react";

import type { Measured } from "../../api/evaluationDesk";
import { useWords } from "../../i18n/words";
import { CurveChart } from "../../parts/chart/CurveChart";
import { TimeChart } from "../../parts/chart/Chart";
import { Empty } from "../../parts/Empty";
import { type Column, Rows } from "../../parts/Rows";
import { State } from "../../parts/State";
import { count } from "../../parts/format";
import { GRADE_TONES } from "./tones";

interface Props {
  told: Measured;
}

/** How well low scores tell those who went bad, against chance. */
export function Roc({ told }: Props) {
  const { scorecards: words } = useWords();
  const curves = useMemo(
    () => [
      { name: words.roc, points: told.roc.map((one) => [one.good, one.bad] as const) },
      { name: words.chance, points: [[0, 0] as const, [1, 1] as const] },
    ],
    [told.roc, words],
  );
  const auc = told.auc?.toFixed(3) ?? "—";
  return (
    <CurveChart
      title={words.rocTitle}
      note={words.rocNote(auc)}
      about={words.rocNote(auc)}
      axes={[words.shareGood, words.shareBad]}
      curves={curves}
    />
  );
}

/** Both distributions piled up, and where they are farthest apart. */
export function Ks({ told }: Props) {
  const { scorecards: words } = useWords();
  return (
    <TimeChart
      title={words.ksTitle}
      note={words.ksNote(told.ks?.toFixed(3) ?? "—", String(told.ks_score ?? "—"))}
      format={(value) => `${value.toFixed(1)}%`}
      height={300}
      labels={told.roc.map((one) => String(one.score))}
      series={[
        { name: words.badOnes, values: told.roc.map((one) => 100 * one.bad) },
        { name: words.goodOnes, values: told.roc.map((one) => 100 * one.good) },
      ]}
    />
  );
}

/** Subjects by bands of the score: those that went bad, those that did not, those of whom nothing is known. */
export function Distribution({ told }: Props) {
  const { scorecards: words } = useWords();
  const unknown = told.bands.map((one) => one.subjects - one.good - one.bad);
  const isKnown = told.outcomes_known > 0;
  return (
    <TimeChart
      title={words.distribution}
      note={words.distributionNote}
      shape="bar"
      isStacked
      unit={words.households}
      height={280}
      labels={told.bands.map((one) => `${one.low}–${one.high}`)}
      series={[
        ...(isKnown
          ? [
              { name: words.goodOnes, values: told.bands.map((one) => one.good) },
              { name: words.badOnes, values: told.bands.map((one) => one.bad) },
            ]
          : []),
        { name: isKnown ? words.unknownOnes : words.subjects, values: unknown },
      ]}
    />
  );
}

/** The distribution beside that of an earlier day. */
export function Stability({ told }: Props) {
  const { scorecards: words } = useWords();
  if (told.bands.every((one) => one.earlier === null))
    return <Empty title={words.noEarlier}>{words.noEarlierHint}</Empty>;
  return (
    <TimeChart
      title={words.stability}
      note={words.stabilityNote(told.psi?.toFixed(3) ?? "—", told.earlier ?? "")}
      shape="bar"
      unit={words.households}
      height={260}
      labels={told.bands.map((one) => `${one.low}–${one.high}`)}
      series={[
        { name: words.nowDay, values: told.bands.map((one) => one.subjects) },
        { name: words.earlierDay, values: told.bands.map((one) => one.earlier) },
      ]}
    />
  );
}

type GradeLine = Measured["calibration"][number];

/** How often subjects of each grade went bad, with how sure that is. */
export function Calibration({ told }: Props) {
  const { scorecards: words } = useWords();
  const percent = (value: number) => `${(100 * value).toFixed(1)}%`;
  const columns: Column<GradeLine>[] = [
    {
      title: words.cap,
      isHead: true,
      cell: (one) => <State tone={GRADE_TONES[one.grade] ?? "calm"}>{one.grade}</State>,
    },
    { title: words.subjects, cell: (one) => count(told.grades[one.grade] ?? 0), isNumber: true },
    { title: words.known, cell: (one) => count(one.subjects), isNumber: true },
    { title: words.badOnes, cell: (one) => count(one.bad), isNumber: true },
    {
      title: words.badShare,
      cell: (one) => (one.share === null ? words.noOutcome : percent(one.share)),
      isNumber: true,
    },
    {
      title: words.interval,
      cell: (one) =>
        one.low === null || one.high === null ? "—" : words.intervalOf(percent(one.low), percent(one.high)),
      isNumber: true,
    },
  ];
  return (
    <Rows label={words.calibration} rows={told.calibration} columns={columns} keyOf={(one) => one.grade} />
  );
}
