import type { EChartsCoreOption } from "echarts/core";

import { dark, fonts, light, type Palette } from "../../design/tokens";
import { count } from "../format";
import { series as colours } from "./colours";

export interface Series {
  name: string;
  values: readonly (number | null)[]; // null: not told or not known; a gap in the chart
}

export interface Part {
  name: string;
  value: number | null;
}

export interface Curve {
  name: string;
  points: readonly (readonly [x: number, y: number])[];
}

/** How a chart is drawn, whatever it shows. */
export interface Style {
  isDark: boolean;
  isStill: boolean; // nothing moves
  isNarrow: boolean;
  unit: string; // stands behind every figure
  least?: number; // where the axis of values begins; 0 unless said
  format: (value: number) => string;
  short: (value: number) => string; // for axes
}

const SHAPES = ["circle", "rect", "triangle", "diamond", "emptyCircle", "emptyRect"];
const STROKES = ["solid", "dashed", "dotted", [8, 3, 2, 3], [2, 5], [12, 4]];

/** A course of time: lines, or columns that may stand on one another. */
export function timeOption(
  labels: readonly string[],
  series: readonly Series[],
  shape: "line" | "bar",
  isStacked: boolean,
  style: Style,
): EChartsCoreOption {
  const palette = paletteOf(style);
  const many = series.length > 1;
  return {
    ...common(style),
    grid: { left: 4, right: 12, top: many ? 44 : 16, bottom: 4, containLabel: true },
    ...(many && { legend: legend(palette, series) }),
    xAxis: {
      type: "category",
      data: [...labels],
      boundaryGap: shape === "bar",
      axisTick: { show: false },
      axisLine: { lineStyle: { color: palette.edge } },
      axisLabel: { color: palette.ink3, fontSize: 13, hideOverlap: true, margin: 10 },
    },
    yAxis: valueAxis(style, palette),
    tooltip: {
      trigger: "axis",
      axisPointer: { type: shape === "bar" ? "shadow" : "line", lineStyle: { color: palette.edge } },
      ...tip((points) => tipOf(points[0]?.name ?? "", points, style)),
    },
    series: series.map((one, i) => ({
      name: one.name,
      data: [...one.values],
      ...(shape === "bar"
        ? { type: "bar", barMaxWidth: 28, ...(isStacked && { stack: "all" }) }
        : {
            type: "line",
            symbol: SHAPES[i % SHAPES.length],
            symbolSize: labels.length > 40 ? 0 : 6,
            lineStyle: { width: 2, type: STROKES[i % STROKES.length] },
            connectNulls: false,
            ...(isStacked && { stack: "all", areaStyle: { opacity: 0.18 } }),
          }),
      emphasis: { disabled: true },
    })),
  };
}

/** Curves over a share, both from 0 to 1, such as of receiver operating characteristics. */
export function curveOption(
  curves: readonly Curve[],
  axes: readonly [x: string, y: string],
  style: Style,
): EChartsCoreOption {
  const palette = paletteOf(style);
  const axis = (name: string, isAcross: boolean) => ({
    type: "value",
    min: 0,
    max: 1,
    interval: 0.25,
    name,
    nameLocation: "middle",
    nameGap: isAcross ? 30 : 44,
    nameTextStyle: { color: palette.ink3, fontSize: 13 },
    axisLabel: { color: palette.ink3, fontSize: 13, formatter: percent },
    splitLine: { lineStyle: { color: palette.line } },
  });
  return {
    ...common(style),
    grid: { left: 64, right: 16, top: 44, bottom: 48 },
    legend: legend(palette, curves),
    xAxis: axis(axes[0], true),
    yAxis: axis(axes[1], false),
    series: curves.map((one, i) => ({
      type: "line",
      name: one.name,
      data: one.points.map(([x, y]) => [x, y]),
      symbol: "none",
      lineStyle: { width: 2, type: STROKES[i % STROKES.length] },
      emphasis: { disabled: true },
      silent: true,
    })),
  };
}

function percent(value: number): string {
  return `${Math.round(100 * value)}%`;
}

/** Things side by side, longest names first: horizontal bars with their figures at the end. */
export function barOption(parts: readonly Part[], style: Style): EChartsCoreOption {
  const palette = paletteOf(style);
  return {
    ...common(style),
    grid: { left: 4, right: 64, top: 4, bottom: 4, containLabel: true },
    xAxis: { type: "value", show: false, min: 0 },
    yAxis: {
      type: "category",
      inverse: true,
      data: parts.map((part) => part.name),
      axisTick: { show: false },
      axisLine: { show: false },
      axisLabel: {
        color: palette.ink2,
        fontSize: 13,
        width: style.isNarrow ? 120 : 220,
        overflow: "truncate",
        margin: 12,
      },
    },
    tooltip: {
      trigger: "axis",
      axisPointer: { type: "none" },
      ...tip((points) => tipOf(points[0]?.name ?? "", points, style)),
    },
    series: [
      {
        type: "bar",
        name: "",
        data: parts.map((part) => part.value),
        barMaxWidth: 16,
        barMinWidth: 6,
        itemStyle: { borderRadius: [0, 2, 2, 0] },
        label: {
          show: true,
          position: "right",
          color: palette.ink,
          fontSize: 13,
          formatter: ({ value }: { value: unknown }) => (typeof value === "number" ? style.short(value) : ""),
        },
        emphasis: { disabled: true },
      },
    ],
  };
}

/** Parts of a whole: a ring; names stand in the table beside it. */
export function shareOption(parts: readonly Part[], style: Style): EChartsCoreOption {
  const palette = paletteOf(style);
  return {
    ...common(style),
    tooltip: { trigger: "item", ...tip((points) => tipOf(points[0]?.name ?? "", points, style)) },
    series: [
      {
        type: "pie",
        radius: ["56%", "92%"],
        center: ["50%", "50%"],
        label: { show: false },
        labelLine: { show: false },
        itemStyle: { borderColor: palette.surface, borderWidth: 2 },
        data: parts.filter((part) => part.value !== null),
        emphasis: { scale: false },
      },
    ],
  };
}

export interface Point {
  name: string;
  seriesName: string;
  value: number | null;
  color: string;
}

export function paletteOf(style: Style): Palette {
  return style.isDark ? dark : light;
}

export function common(style: Style): EChartsCoreOption {
  return {
    animation: !style.isStill,
    animationDuration: 300,
    color: colours(style.isDark),
    textStyle: { fontFamily: fonts.text, fontSize: 13, color: paletteOf(style).ink2 },
    aria: { enabled: false }, // parts/chart/Chart.tsx describes it and has the figures in a table
  };
}

export function legend(palette: Palette, series: readonly { name: string }[]): EChartsCoreOption {
  return {
    top: 0,
    left: 0,
    icon: "roundRect",
    itemWidth: 14,
    itemHeight: 4,
    itemGap: 20,
    textStyle: { color: palette.ink2, fontSize: 13 },
    inactiveColor: palette.edge,
    data: series.map((one) => one.name),
  };
}

function valueAxis(style: Style, palette: Palette): EChartsCoreOption {
  return {
    type: "value",
    min: style.least ?? 0,
    minInterval: 1,
    splitNumber: 4,
    axisLabel: { color: palette.ink3, fontSize: 13, formatter: (value: number) => style.short(value) },
    splitLine: { lineStyle: { color: palette.line } },
  };
}

/** A note in our own markup: the content security policy drops ECharts' inline styles, and text stays text. */
export function tip(write: (points: Point[]) => HTMLElement): EChartsCoreOption {
  return {
    confine: true,
    transitionDuration: 0,
    className: "chart-tip",
    borderWidth: 0,
    padding: 0,
    backgroundColor: "transparent",
    extraCssText: "box-shadow: none",
    formatter: (given: Point | Point[]) => write(Array.isArray(given) ? given : [given]),
  };
}

function tipOf(title: string, points: Point[], style: Style): HTMLElement {
  const box = document.createElement("div");
  const head = box.appendChild(document.createElement("strong"));
  head.textContent = title;
  for (const point of points) {
    const line = box.appendChild(document.createElement("p"));
    if (point.seriesName !== "" && !point.seriesName.startsWith("series")) {
      const mark = line.appendChild(document.createElement("i"));
      mark.style.background = point.color;
      line.append(`${point.seriesName} `);
    }
    const value = line.appendChild(document.createElement("b"));
    value.textContent =
      typeof point.value === "number" ? `${style.format(point.value)} ${style.unit}`.trim() : "—";
  }
  return box;
}

/** A figure in few characters, for axes: `1.2 万`, `3.4 亿`; in English `12 k`, `3.4 M`. */
export function shortCount(value: number, language: "zh" | "en"): string {
  const steps: [number, string][] =
    language === "zh"
      ? [
          [1e8, " 亿"],
          [1e4, " 万"],
        ]
      : [
          [1e9, " bn"],
          [1e6, " M"],
          [1e3, " k"],
        ];
  const step = steps.find(([size]) => Math.abs(value) >= size);
  if (step === undefined) return count(value);
  const scaled = value / step[0];
  return `${scaled.toFixed(Math.abs(scaled) >= 100 ? 0 : 1).replace(/\.0$/, "")}${step[1]}`;
}
