import { Button } from "antd";
import type { EChartsCoreOption } from "echarts/core";
import { lazy, type ReactNode, Suspense, useId, useMemo, useState } from "react";

import { useAppearance, useMatch } from "../../design/appearance";
import { useLanguage, useWords } from "../../i18n/words";
import { count } from "../format";
import { series as colours } from "./colours";
import {
  barOption,
  type Part,
  type Series,
  shareOption,
  shortCount,
  type Style,
  timeOption,
} from "./options";
import styles from "./Chart.module.css";

export type { Part, Series } from "./options";

const Drawing = lazy(() => import("./Drawing"));

export interface Common {
  title: string; // says what is shown; stands above the chart
  note?: ReactNode; // what the figures mean, as of when
  unit?: string; // 户, 条, 万元 …; stands behind figures
  format?: (value: number) => string; // of one figure; default: 1,234
  blank?: string; // what null is called in the table (“少于 10”); default: —
  height?: number; // pixels
  least?: number; // where the axis of values begins; 0 unless said, and said in the note
  actions?: ReactNode; // beside the title, such as an export
}

interface TimeProps extends Common {
  labels: readonly string[]; // moments, in order
  series: readonly Series[]; // each with a value for each label
  shape?: "line" | "bar";
  isStacked?: boolean;
}

interface PartsProps extends Common {
  parts: readonly Part[];
}

/** A course of time, one line or row of columns for each series; the figures are one press away. */
export function TimeChart({ labels, series, shape = "line", isStacked = false, ...common }: TimeProps) {
  const { chart } = useWords();
  const style = useStyle(common);
  const option = useMemo(
    () => timeOption(labels, series, shape, isStacked, style),
    [labels, series, shape, isStacked, style],
  );
  const about = labels.length > 0 ? chart.course(labels[0] ?? "", labels.at(-1) ?? "") : "";
  return (
    <Figure common={common} about={about} option={option} height={common.height ?? 260}>
      <thead>
        <tr>
          <th scope="col">{chart.when}</th>
          {series.map((one) => (
            <th key={one.name} scope="col" className={styles["number"]}>
              {common.unit === undefined ? one.name : chart.inUnit(one.name, common.unit)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {labels.map((label, i) => (
          <tr key={label}>
            <th scope="row" className={styles["when"]}>
              {label}
            </th>
            {series.map((one) => (
              <Cell key={one.name} value={one.values[i] ?? null} common={common} />
            ))}
          </tr>
        ))}
      </tbody>
    </Figure>
  );
}

/** Things of one kind side by side, each with its figure. */
export function BarChart({ parts, ...common }: PartsProps) {
  const { chart } = useWords();
  const style = useStyle(common);
  const option = useMemo(() => barOption(parts, style), [parts, style]);
  return (
    <Figure
      common={common}
      about={useMost(parts, common)}
      option={option}
      height={common.height ?? parts.length * 30 + 8}
    >
      <thead>
        <tr>
          <th scope="col">{chart.what}</th>
          <th scope="col" className={styles["number"]}>
            {common.unit ?? chart.total}
          </th>
        </tr>
      </thead>
      <tbody>
        {parts.map((part) => (
          <tr key={part.name}>
            <th scope="row">{part.name}</th>
            <Cell value={part.value} common={common} />
          </tr>
        ))}
      </tbody>
    </Figure>
  );
}

/** Parts of a whole: a ring with its figures always beside it, as names do not fit a ring. */
export function ShareChart({ parts, ...common }: PartsProps) {
  const { chart } = useWords();
  const style = useStyle(common);
  const option = useMemo(() => shareOption(parts, style), [parts, style]);
  const whole = parts.reduce((sum, part) => sum + (part.value ?? 0), 0);
  const shades = colours(style.isDark);
  let drawn = 0; // parts without a value have no colour
  return (
    <Figure
      common={common}
      about={useMost(parts, common)}
      option={option}
      height={common.height ?? 200}
      isBeside
    >
      <thead>
        <tr>
          <th scope="col">{chart.what}</th>
          <th scope="col" className={styles["number"]}>
            {common.unit ?? chart.total}
          </th>
          <th scope="col" className={styles["number"]}>
            {chart.share}
          </th>
        </tr>
      </thead>
      <tbody>
        {parts.map((part) => (
          <tr key={part.name}>
            <th scope="row">
              <i
                aria-hidden="true"
                className={styles["key"]}
                style={{ background: part.value === null ? "none" : shades[drawn++ % shades.length] }}
              />
              {part.name}
            </th>
            <Cell value={part.value} common={common} />
            <td className={styles["number"]}>
              {part.value === null || whole === 0 ? "" : `${((100 * part.value) / whole).toFixed(1)}%`}
            </td>
          </tr>
        ))}
      </tbody>
    </Figure>
  );
}

interface FigureProps {
  common: Common;
  about: string; // one clause for those who do not see it
  option: EChartsCoreOption;
  height: number;
  isBeside?: boolean; // the figures stand beside the chart instead of behind a button
  children: ReactNode; // the figures: head and body of a table
}

export function Figure({ common, about, option, height, isBeside = false, children }: FigureProps) {
  const { chart } = useWords();
  const [asked, setAsked] = useState(false);
  const id = useId();
  const isTable = isBeside || asked;
  return (
    <figure className={styles["figure"]} aria-labelledby={id}>
      <figcaption className={styles["caption"]}>
        <div>
          <h3 id={id}>{common.title}</h3>
          {common.note !== undefined && <p className={styles["note"]}>{common.note}</p>}
        </div>
        <div className={styles["actions"]}>
          {common.actions}
          {!isBeside && (
            <Button type="link" size="small" aria-pressed={asked} onClick={() => setAsked(!asked)}>
              {asked ? chart.asChart : chart.asTable}
            </Button>
          )}
        </div>
      </figcaption>
      <div className={isBeside ? styles["beside"] : undefined}>
        {(isBeside || !asked) && (
          <div role="img" aria-label={chart.describe(common.title, about)} className={styles["drawing"]}>
            <Suspense fallback={<div style={{ height }} />}>
              <Drawing option={option} height={height} />
            </Suspense>
          </div>
        )}
        <div className={isTable ? styles["scroll"] : "unseen"} {...(isTable && { tabIndex: 0 })}>
          <table className={styles["table"]} aria-labelledby={id}>
            {children}
          </table>
        </div>
      </div>
    </figure>
  );
}

function Cell({ value, common }: { value: number | null; common: Common }) {
  const { chart } = useWords();
  return (
    <td className={styles["number"]}>
      {value === null ? (common.blank ?? chart.blank) : (common.format ?? count)(value)}
    </td>
  );
}

function useMost(parts: readonly Part[], common: Common): string {
  const { chart } = useWords();
  const most = parts.reduce<Part | null>(
    (best, part) => ((part.value ?? -1) > (best?.value ?? -1) ? part : best),
    null,
  );
  if (most === null || most.value === null) return "";
  return chart.most(most.name, `${(common.format ?? count)(most.value)} ${common.unit ?? ""}`.trim());
}

export function useStyle({ unit, format, least }: Common): Style {
  const { isDark } = useAppearance();
  const { language } = useLanguage();
  const isStill = useMatch("(prefers-reduced-motion: reduce)");
  const isNarrow = useMatch("(max-width: 560px)");
  return useMemo(
    () => ({
      isDark,
      isStill,
      isNarrow,
      unit: unit ?? "",
      ...(least === undefined ? {} : { least }),
      format: format ?? count,
      short: (value) => shortCount(value, language),
    }),
    [isDark, isStill, isNarrow, unit, format, least, language],
  );
}
