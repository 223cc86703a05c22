import { BulbOutlined, CalculatorOutlined, MessageOutlined, TrophyOutlined } from "@ant-design/icons";

import type { Place } from "./places";

/** How evaluation is made, and what it gives, for those who run it, supervise it or read evaluations. */
export const EVALUATION: Place[] = [
  {
    path: "/evaluation-models",
    name: "models",
    icon: CalculatorOutlined,
    isFor: (person) => person.may("read", "evaluation-model"),
  },
  {
    path: "/indicators",
    name: "indicators",
    icon: BulbOutlined,
    isFor: (person) => person.may("read", "evaluation-model"),
  },
  {
    path: "/grades",
    name: "grades",
    icon: TrophyOutlined,
    isFor: (person) => person.may("list", "evaluation"),
  },
  {
    path: "/objection-desk",
    name: "objections",
    icon: MessageOutlined,
    isFor: (person) => person.subject === null && person.may("read", "evaluation-objection"),
  },
];
