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
];

function Numbered({ page }: { page: (id: number) => ReactNode }) {
  const { id = "" } = useParams();
  return /^\d{1,15}$/.test(id) ? page(Number(id)) : <NotFound />;
}

function OnePaper({ back }: { back: "papers" | "oversight" }) {
  const { id = "" } = useParams();
  return <PaperPage key={id} id={id} back={back} />;
}
