import { lazy, Suspense } from "react";
import { Route, Switch } from "wouter";

import { FrontPage } from "../pages/front/FrontPage";
import { Loading } from "../parts/Loading";
import { NotFound } from "./NotFound";
import { PublicFrame } from "./PublicFrame";
import { Shell } from "./Shell";
import { SignedIn } from "./session";

const SignInPage = lazy(() => import("../pages/sign-in/SignInPage").then((m) => ({ default: m.SignInPage })));
const ApplyPage = lazy(() => import("../pages/apply/ApplyPage").then((m) => ({ default: m.ApplyPage })));
const SignUpPage = lazy(() => import("../pages/firm/SignUpPage").then((m) => ({ default: m.SignUpPage })));
const InvitationPage = lazy(() =>
  import("../pages/firm/InvitationPage").then((m) => ({ default: m.InvitationPage })),
);
const VerifyPage = lazy(() => import("../pages/verify/VerifyPage").then((m) => ({ default: m.VerifyPage })));
const StatisticsPage = lazy(() =>
  import("../pages/statistics/StatisticsPage").then((m) => ({ default: m.StatisticsPage })),
);
const ScreenPage = lazy(() => import("../pages/screen/ScreenPage").then((m) => ({ default: m.ScreenPage })));
const CataloguePages = lazy(() =>
  import("../pages/catalogue/CataloguePages").then((m) => ({ default: m.CataloguePages })),
);
const PublicModules = lazy(() =>
  import("../pages/modules/PublicModules").then((m) => ({ default: m.PublicModules })),
);
const OpenToAll = lazy(() => import("./OpenToAll").then((m) => ({ default: m.OpenToAll })));
const Inside = lazy(() => import("./Inside").then((m) => ({ default: m.Inside })));

const PUBLIC: [path: string, page: React.ReactNode][] = [
  ["/", <FrontPage />],
  ["/sign-in", <SignInPage />],
  ["/sign-up", <SignUpPage />],
  ["/apply", <ApplyPage />],
  ["/invitation", <InvitationPage />],
  ["/verify", <VerifyPage />],
  ["/statistics", <StatisticsPage />],
];

/** Public pages by their addresses; everything else is for those who are signed in. */
export function Routes() {
  return (
    <Switch>
      {PUBLIC.map(([path, page]) => (
        <Route key={path} path={path}>
          <PublicFrame>
            <Suspense fallback={<Loading />}>{page}</Suspense>
          </PublicFrame>
        </Route>
      ))}
      <Route path="/screen">
        <Suspense fallback={<Loading />}>
          <SignedIn>
            <ScreenPage />
          </SignedIn>
        </Suspense>
      </Route>
      <Route path={/^\/catalogue(?:\/|$)/}>
        <Suspense fallback={<Loading />}>
          <OpenToAll>
            <CataloguePages />
          </OpenToAll>
        </Suspense>
      </Route>
      <Route path={/^\/modules(?:\/|$)/}>
        <Suspense fallback={<Loading />}>
          <OpenToAll visitor={<PublicModules />}>
            <Inside />
          </OpenToAll>
        </Suspense>
      </Route>
      <Route path={INSIDE}>
        <Suspense fallback={<Loading />}>
          <SignedIn>
            <Shell>
              <Suspense fallback={<Loading />}>
                <Inside />
              </Suspense>
            </Shell>
          </SignedIn>
        </Suspense>
      </Route>
      <Route>
        <PublicFrame>
          <NotFound />
        </PublicFrame>
      </Route>
    </Switch>
  );
}

const INSIDE =
  /^\/(?<place>home|search|workbench|tracking|inquiries|batches-of-inquiries|screening|subscriptions|usage|developers|items|upload|deliveries|quality|my-data-use|batches|ledger|jobs|health|paper-authorisations|oversight|indicators|evaluation-models|grades|objection-desk|report-quality|report-feedback|file|my-evaluation|my-reports|reports|portfolio|seen|authorisations|me|delegates|member|onboarding|firm-accounts|accounts|systems|permissions|security-log)(\/|$)/;
