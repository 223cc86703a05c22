import { FileMarkdownOutlined, FundOutlined, StarOutlined } from "@ant-design/icons";

import type { Place } from "./places";
import { isInstitution } from "./who";

/** Of a firm: how it is evaluated, and the reports about it. */
export const FIRM_CREDIT: Place[] = [
  {
    path: "/my-evaluation",
    name: "evaluation",
    icon: StarOutlined,
    isFor: (person) => person.subject !== null && person.may("read", "evaluation"),
  },
  {
    path: "/my-reports",
    name: "myReports",
    icon: FileMarkdownOutlined,
    isFor: (person) => person.subject !== null && person.may("read", "report"),
  },
];

/** Of an institution: reports about firms, and those that authorised it. */
export const INSTITUTION_CREDIT: Place[] = [
  {
    path: "/reports",
    name: "reports",
    icon: FileMarkdownOutlined,
    isFor: (person) => isInstitution(person) && person.may("read", "report"),
  },
  {
    path: "/portfolio",
    name: "portfolio",
    icon: FundOutlined,
    isFor: (person) => isInstitution(person) && person.may("portfolio", "evaluation"),
  },
];
