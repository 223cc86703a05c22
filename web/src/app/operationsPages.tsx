import { lazy, type ReactNode } from "react";
import { useParams } from "wouter";

import { NotFound } from "./NotFound";

const BatchesPage = lazy(() =>
  import("../pages/batches/BatchesPage").then((m) => ({ default: m.BatchesPage })),
);
const BatchPage = lazy(() => import("../pages/batches/BatchPage").then((m) => ({ default: m.BatchPage })));
const LedgerPage = lazy(() => import("../pages/ledger/LedgerPage").then((m) => ({ default: m.LedgerPage })));
const LeafPage = lazy(() => import("../pages/ledger/LeafPage").then((m) => ({ default: m.LeafPage })));
const JobsPage = lazy(() => import("../pages/jobs/JobsPage").then((m) => ({ default: m.JobsPage })));
const HealthPage = lazy(() => import("../pages/health/HealthPage").then((m) => ({ default: m.HealthPage })));
const PapersPage = lazy(() => import("../pages/paper/PapersPage").then((m) => ({ default: m.PapersPage })));
const PaperPage = lazy(() => import("../pages/paper/PaperPage").then((m) => ({ default: m.PaperPage })));
const InquiriesPage = lazy(() =>
  import("../pages/oversight/InquiriesPage").then((m) => ({ default: m.InquiriesPage })),
);
const ConsentsPage = lazy(() =>
  import("../pages/oversight/ConsentsPage").then((m) => ({ default: m.ConsentsPage })),
);
const IndicatorsPage = lazy(() =>
  import("../pages/indicators/IndicatorsPage").then((m) => ({ default: m.IndicatorsPage })),
);
const IndicatorPage = lazy(() =>
  import("../pages/indicators/IndicatorPage").then((m) => ({ default: m.IndicatorPage })),
);
const ModelsPage = lazy(() => import("../pages/models/ModelsPage").then((m) => ({ default: m.ModelsPage })));
const ModelPage = lazy(() => import("../pages/models/ModelPage").then((m) => ({ default: m.ModelPage })));
const DraftPage = lazy(() => import("../pages/models/DraftPage").then((m) => ({ default: m.DraftPage })));
const ObjectionsPage = lazy(() =>
  import("../pages/objections/ObjectionsPage").then((m) => ({ default: m.ObjectionsPage })),
);
const ObjectionPage = lazy(() =>
  import("../pages/objections/ObjectionPage").then((m) => ({ default: m.ObjectionPage })),
);
const ModulesPage = lazy(() =>
  import("../pages/modules/ModulesPage").then((m) => ({ default: m.ModulesPage })),
);
const ModulePage = lazy(() => import("../pages/modules/ModulePage").then((m) => ({ default: m.ModulePage })));
const ReportQualityPage = lazy(() =>
  import("../pages/reportdesk/QualityPage").then((m) => ({ default: m.QualityPage })),
);
const ReportFeedbackPage = lazy(() =>
  import("../pages/reportdesk/FeedbackPage").then((m) => ({ default: m.FeedbackPage })),
);
const GradesPage = lazy(() => import("../pages/grades/GradesPage").then((m) => ({ default: m.GradesPage })));

/** Pages of operations and oversight, as in `Inside`: address, place, page. */
export const OPERATIONS: [path: string, place: string, page: ReactNode][] = [
  ["/batches", "/batches", <BatchesPage />],
  ["/batches/:id", "/batches", <Numbered page={(id) => <BatchPage key={id} id={id} />} />],
  ["/ledger", "/ledger", <LedgerPage />],
  ["/ledger/checkpoints", "/ledger", <LedgerPage />],
  // Firms and readers come here from their own lists: whether this entry is theirs, the node says.
  ["/ledger/:id", "/ledger/one", <Numbered page={(id) => <LeafPage key={id} index={id} />} />],
  ["/jobs", "/jobs", <JobsPage />],
  ["/health", "/health", <HealthPage />],
  ["/paper-authorisations", "/paper-authorisations", <PapersPage />],
  ["/paper-authorisations/:id", "/paper-authorisations", <OnePaper back="papers" />],
  ["/oversight", "/oversight", <InquiriesPage />],
  ["/oversight/inquiries", "/oversight", <InquiriesPage />],
  ["/oversight/consents", "/oversight", <ConsentsPage />],
  ["/oversight/consents/:id", "/oversight", <OnePaper back="oversight" />],
  ["/indicators", "/indicators", <IndicatorsPage />],
  ["/indicators/:id", "/indicators", <Given page={({ id = "" }) => <IndicatorPage key={id} id={id} />} />],
  ["/evaluation-models", "/evaluation-models", <ModelsPage />],
  ["/evaluation-models/new", "/evaluation-models", <DraftPage />],
  [
    "/evaluation-models/:id/:version/:part?",
    "/evaluation-models",
    <Given page={({ id = "", version = "", part }) => <ModelPage id={id} version={version} part={part} />} />,
  ],
  ["/objection-desk", "/objection-desk", <ObjectionsPage />],
  [
    "/objection-desk/:id",
    "/objection-desk",
    <Given page={({ id = "" }) => <ObjectionPage key={id} id={id} />} />,
  ],
  ["/report-quality", "/report-quality", <ReportQualityPage />],
  ["/report-feedback", "/report-feedback", <ReportFeedbackPage />],
  ["/modules", "/modules", <ModulesPage />],
  [
    "/modules/:id/:part?",
    "/modules",
    <Given page={({ id = "", part }) => <ModulePage key={id} id={id} part={part} />} />,
  ],
  ["/grades/:part?", "/grades", <Given page={({ part }) => <GradesPage part={part} />} />],
];

function Numbered({ page }: { page: (id: number) => ReactNode }) {
  const { id = "" } = useParams();
  return /^\d{1,15}$/.test(id) ? page(Number(id)) : <NotFound />;
}

/** Hands on what stands in the address. */
function Given({ page }: { page: (given: Record<string, string | undefined>) => ReactNode }) {
  return page(useParams());
}

function OnePaper({ back }: { back: "papers" | "oversight" }) {
  const { id = "" } = useParams();
  return <PaperPage key={id} id={id} back={back} />;
}
