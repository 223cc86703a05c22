import type { Circle } from "../../api/modules";
import type { GraphEdge, GraphNode } from "../../parts/chart/graph";

/** A circle as a drawing: the leader in the middle, a ring for each step from it. */
export function ringsOf(circle: Circle): { nodes: GraphNode[]; edges: GraphEdge[] } {
  const nodes: GraphNode[] = [{ id: circle.leader.code, name: circle.leader.name, x: 0, y: 0, ring: 0 }];
  const steps = [...new Set(circle.members.map((one) => one.step))].sort((a, b) => a - b);
  for (const [place, step] of steps.entries()) {
    const ring = circle.members.filter((one) => one.step === step);
    for (const [i, one] of ring.entries()) {
      const angle = (2 * Math.PI * i) / ring.length - Math.PI / 2 + place * 0.35;
      const radius = 100 * (place + 1);
      nodes.push({
        id: one.code,
        name: one.name,
        x: Math.round(radius * Math.cos(angle)),
        y: Math.round(radius * Math.sin(angle)),
        ring: step,
      });
    }
  }
  const known = new Set(nodes.map((node) => node.id));
  const edges = circle.links
    .filter((link) => known.has(link.of) && known.has(link.other))
    .map((link) => ({ from: link.of, to: link.other, name: link.name, kind: link.kind }));
  return { nodes, edges };
}
