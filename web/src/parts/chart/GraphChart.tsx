import { useMemo } from "react";

import { useWords } from "../../i18n/words";
import { type Common, Figure, useStyle } from "./Chart";
import { type GraphEdge, graphOption, type GraphNode } from "./graph";

interface Props extends Common {
  about: string;
  nodes: readonly GraphNode[];
  edges: readonly GraphEdge[];
  heads: readonly [from: string, relation: string, to: string];
}

/** Things and what they are to one another; the relations are one press away as a table. */
export function GraphChart({ nodes, edges, about, heads, ...common }: Props) {
  const style = useStyle(common);
  const option = useMemo(() => graphOption(nodes, edges, style), [nodes, edges, style]);
  const { chart } = useWords();
  const nameOf = (id: string) => nodes.find((node) => node.id === id)?.name ?? chart.blank;
  return (
    <Figure common={common} about={about} option={option} height={common.height ?? 460}>
      <thead>
        <tr>
          {heads.map((head) => (
            <th key={head} scope="col">
              {head}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {edges.map((edge) => (
          <tr key={`${edge.from} ${edge.to} ${edge.kind}`}>
            <th scope="row">{nameOf(edge.from)}</th>
            <td>{edge.name}</td>
            <td>{nameOf(edge.to)}</td>
          </tr>
        ))}
      </tbody>
    </Figure>
  );
}
