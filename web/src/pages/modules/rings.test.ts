import { expect, it } from "vitest";

import type { Circle } from "../../api/modules";
import { ringsOf } from "./rings";

const member = (code: string, step: number) => ({ code, name: code, step, division: null, industry: null });
const circle: Circle = {
  leaf: 1,
  leader: { code: "L", name: "链主", signs: [] },
  truncated: false,
  members: [member("A", 1), member("B", 1), member("C", 2)],
  links: [
    { of: "A", other: "L", kind: "shareholder", item: "2", name: "股东" },
    { of: "A", other: "Z", kind: "shareholder", item: "2", name: "股东" },
  ],
  withheld: [],
};

it("puts the leader in the middle and each step on a ring of its own", () => {
  const { nodes, edges } = ringsOf(circle);
  const far = nodes.map((node) => Math.round(Math.hypot(node.x, node.y) / 100));
  expect(far).toEqual([0, 1, 1, 2]);
  expect(edges).toEqual([{ from: "A", to: "L", name: "股东", kind: "shareholder" }]);
});
