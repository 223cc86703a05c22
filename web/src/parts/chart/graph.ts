import type { EChartsCoreOption } from "echarts/core";

import { series as colours } from "./colours";
import { common, paletteOf, type Style } from "./options";

export interface GraphNode {
  id: string;
  name: string;
  x: number;
  y: number;
  ring: number; // 0: in the middle
}

export interface GraphEdge {
  from: string;
  to: string;
  name: string;
  kind: string;
}

const MANY = 24; // names of more than so many would lie on one another

/** Things and their relations, where they were put; kinds of relation differ in stroke as well as in colour. */
export function graphOption(
  nodes: readonly GraphNode[],
  edges: readonly GraphEdge[],
  style: Style,
): EChartsCoreOption {
  const palette = paletteOf(style);
  const shades = colours(style.isDark);
  const kinds = [...new Set(edges.map((edge) => edge.kind))];
  const strokes = ["solid", "dashed", "dotted"];
  const rings = [...new Set(nodes.map((node) => node.ring))];
  return {
    ...common(style),
    series: [
      {
        type: "graph",
        layout: "none",
        roam: false,
        silent: true,
        left: style.isNarrow ? 40 : 110,
        right: style.isNarrow ? 40 : 110,
        top: 30,
        bottom: 56, // names stand below
        preserveAspect: true,
        data: nodes.map((node) => ({
          id: node.id,
          name: node.id,
          x: node.x,
          y: node.y,
          symbolSize: node.ring === 0 ? 30 : 16,
          symbol: node.ring === 0 ? "roundRect" : "circle",
          itemStyle: {
            color: shades[rings.indexOf(node.ring) % shades.length],
            borderColor: palette.surface,
            borderWidth: 2,
          },
          label: {
            show: node.ring === 0 || nodes.length <= MANY,
            formatter: node.name,
            position: "bottom",
            color: palette.ink,
            fontSize: 13,
            width: style.isNarrow ? 90 : 150,
            overflow: "truncate",
          },
        })),
        links: edges.map((edge) => ({
          source: edge.from,
          target: edge.to,
          lineStyle: {
            color: palette.edge,
            width: 1.5,
            type: strokes[kinds.indexOf(edge.kind) % strokes.length],
            curveness: 0.08,
          },
        })),
        edgeSymbol: ["none", "arrow"],
        edgeSymbolSize: 8,
      },
    ],
  };
}
