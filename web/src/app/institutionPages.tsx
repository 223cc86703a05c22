import { lazy, type ReactNode } from "react";
import { useParams } from "wouter";

const SearchPage = lazy(() => import("../pages/search/SearchPage").then((m) => ({ default: m.SearchPage })));
const WorkbenchPage = lazy(() =>
  import("../pages/workbench/WorkbenchPage").then((m) => ({ default: m.WorkbenchPage })),
);
const AnswerPage = lazy(() =>
  import("../pages/workbench/file/FilePage").then((m) => ({ default: m.FilePage })),
);
const TrackingPage = lazy(() =>
  import("../pages/tracking/TrackingPage").then((m) => ({ default: m.TrackingPage })),
);
const OneConsentPage = lazy(() =>
  import("../pages/tracking/OneConsentPage").then((m) => ({ default: m.OneConsentPage })),
);
const InquiriesPage = lazy(() =>
  import("../pages/inquiries/InquiriesPage").then((m) => ({ default: m.InquiriesPage })),
);
const OneInquiryPage = lazy(() =>
  import("../pages/inquiries/OneInquiryPage").then((m) => ({ default: m.OneInquiryPage })),
);
const BatchesPage = lazy(() =>
  import("../pages/batch-inquiries/BatchesPage").then((m) => ({ default: m.BatchesPage })),
);
const OneBatchPage = lazy(() =>
  import("../pages/batch-inquiries/OneBatchPage").then((m) => ({ default: m.OneBatchPage })),
);
const ScreeningPage = lazy(() =>
  import("../pages/screening/ScreeningPage").then((m) => ({ default: m.ScreeningPage })),
);
const OneScreeningPage = lazy(() =>
  import("../pages/screening/OneScreeningPage").then((m) => ({ default: m.OneScreeningPage })),
);
const SubscriptionsPage = lazy(() =>
  import("../pages/subscriptions/SubscriptionsPage").then((m) => ({ default: m.SubscriptionsPage })),
);
const OneSubscriptionPage = lazy(() =>
  import("../pages/subscriptions/OneSubscriptionPage").then((m) => ({ default: m.OneSubscriptionPage })),
);
const UsagePage = lazy(() => import("../pages/usage/UsagePage").then((m) => ({ default: m.UsagePage })));
const DevelopersPage = lazy(() =>
  import("../pages/developers/DevelopersPage").then((m) => ({ default: m.DevelopersPage })),
);

/** Hands on what stands in the address; another thing is another page, with nothing left of the one before. */
function Of({ page }: { page: (given: string, part: string | undefined) => ReactNode }) {
  const params = useParams();
  return page(params["id"] ?? "", params["part"]);
}

/** Pages of institutions: banks, guarantors, credit agencies and services. */
export const INSTITUTION: [path: string, place: string, page: ReactNode][] = [
  ["/search", "/search", <SearchPage />],
  ["/workbench/:id", "/search", <Of page={(code) => <WorkbenchPage key={code} code={code} />} />],
  [
    "/workbench/:id/file/:part?",
    "/search",
    <Of page={(code, part) => <AnswerPage key={code} code={code} part={part} />} />,
  ],
  ["/tracking", "/tracking", <TrackingPage />],
  ["/tracking/:id", "/tracking", <Of page={(id) => <OneConsentPage key={id} id={id} />} />],
  ["/inquiries", "/inquiries", <InquiriesPage />],
  ["/inquiries/:id", "/inquiries", <Of page={(leaf) => <OneInquiryPage leaf={Number(leaf)} />} />],
  ["/batches-of-inquiries", "/batches-of-inquiries", <BatchesPage />],
  [
    "/batches-of-inquiries/:id",
    "/batches-of-inquiries",
    <Of page={(id) => <OneBatchPage key={id} id={id} />} />,
  ],
  ["/screening", "/screening", <ScreeningPage />],
  ["/screening/:id", "/screening", <Of page={(id) => <OneScreeningPage key={id} id={id} />} />],
  ["/subscriptions", "/subscriptions", <SubscriptionsPage />],
  ["/subscriptions/:id", "/subscriptions", <Of page={(id) => <OneSubscriptionPage key={id} id={id} />} />],
  ["/usage", "/usage", <UsagePage />],
  ["/developers", "/developers", <DevelopersPage />],
];
