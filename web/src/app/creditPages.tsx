import { lazy, type ReactNode } from "react";
import { useParams } from "wouter";

const EvaluationPage = lazy(() =>
  import("../pages/evaluation/EvaluationPage").then((m) => ({ default: m.EvaluationPage })),
);
const MyReportsPage = lazy(() =>
  import("../pages/reports/MyReportsPage").then((m) => ({ default: m.MyReportsPage })),
);
const ReportsPage = lazy(() =>
  import("../pages/reports/ReportsPage").then((m) => ({ default: m.ReportsPage })),
);
const NewReportPage = lazy(() =>
  import("../pages/reports/NewReportPage").then((m) => ({ default: m.NewReportPage })),
);
const OneReportPage = lazy(() =>
  import("../pages/reports/OneReportPage").then((m) => ({ default: m.OneReportPage })),
);
const PortfolioPage = lazy(() =>
  import("../pages/portfolio/PortfolioPage").then((m) => ({ default: m.PortfolioPage })),
);

/** Evaluation and reports, of firms and of institutions. */
export const CREDIT: [path: string, place: string, page: ReactNode][] = [
  ["/my-evaluation/:part?", "/my-evaluation", <EvaluationPage />],
  ["/my-reports", "/my-reports", <MyReportsPage />],
  ["/my-reports/:number", "/my-reports", <OneReport base="/my-reports" />],
  ["/reports", "/reports", <ReportsPage />],
  ["/reports/new", "/reports", <NewReportPage />],
  ["/reports/:number", "/reports", <OneReport base="/reports" />],
  ["/portfolio", "/portfolio", <PortfolioPage />],
];

function OneReport({ base }: { base: "/reports" | "/my-reports" }) {
  const { number = "" } = useParams();
  return <OneReportPage key={number} number={number} base={base} />;
}
