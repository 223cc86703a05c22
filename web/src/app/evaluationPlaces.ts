import {
  BulbOutlined,
  CalculatorOutlined,
  ClusterOutlined,
  CommentOutlined,
  MessageOutlined,
  PieChartOutlined,
  TrophyOutlined,
} from "@ant-design/icons";

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
  {
    path: "/modules",
    name: "modules",
    icon: ClusterOutlined,
    isFor: (person) => person.may("read", "module"),
  },
  {
    path: "/report-quality",
    name: "reportQuality",
    icon: PieChartOutlined,
    isFor: (person) => person.may("quality", "report"),
  },
  {
    path: "/report-feedback",
    name: "reportFeedback",
    icon: CommentOutlined,
    isFor: (person) => person.may("answer", "report"),
  },
];
