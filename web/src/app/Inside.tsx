import { lazy, type ReactNode } from "react";
import { Route, Switch } from "wouter";

import { useWords } from "../i18n/words";
import { Empty } from "../parts/Empty";
import { Page } from "../parts/Page";
import { NotFound } from "./NotFound";
import { CREDIT } from "./creditPages";
import { DEPARTMENT } from "./departmentPages";
import { INSTITUTION } from "./institutionPages";
import { OPERATIONS } from "./operationsPages";
import { PLACES } from "./places";
import { usePerson } from "./session";

const HomePage = lazy(() => import("../pages/home/HomePage").then((m) => ({ default: m.HomePage })));
const MePage = lazy(() => import("../pages/me/MePage").then((m) => ({ default: m.MePage })));
const FilePage = lazy(() => import("../pages/file/FilePage").then((m) => ({ default: m.FilePage })));
const SeenPage = lazy(() => import("../pages/seen/SeenPage").then((m) => ({ default: m.SeenPage })));
const AuthorisationsPage = lazy(() =>
  import("../pages/authorisations/AuthorisationsPage").then((m) => ({ default: m.AuthorisationsPage })),
);
const ConsentPage = lazy(() =>
  import("../pages/authorisations/ConsentPage").then((m) => ({ default: m.ConsentPage })),
);
const DelegatesPage = lazy(() =>
  import("../pages/firm/DelegatesPage").then((m) => ({ default: m.DelegatesPage })),
);
const MemberPage = lazy(() => import("../pages/members/MemberPage").then((m) => ({ default: m.MemberPage })));
const OnboardingPage = lazy(() =>
  import("../pages/onboarding/OnboardingPage").then((m) => ({ default: m.OnboardingPage })),
);
const CasePage = lazy(() => import("../pages/onboarding/CasePage").then((m) => ({ default: m.CasePage })));
const ApplyPage = lazy(() => import("../pages/apply/ApplyPage").then((m) => ({ default: m.ApplyPage })));
const FirmAccountsPage = lazy(() =>
  import("../pages/accounts/FirmAccountsPage").then((m) => ({ default: m.FirmAccountsPage })),
);
const AccountsPage = lazy(() =>
  import("../pages/accounts/AccountsPage").then((m) => ({ default: m.AccountsPage })),
);
const SystemsPage = lazy(() =>
  import("../pages/systems/SystemList").then((m) => ({ default: m.SystemsPage })),
);
const PermissionsPage = lazy(() =>
  import("../pages/permissions/PermissionsPage").then((m) => ({ default: m.PermissionsPage })),
);
const LogPage = lazy(() => import("../pages/log/LogPage").then((m) => ({ default: m.LogPage })));

/** Pages that are places of the navigation, by their addresses. */
const PAGES: [path: string, place: string, page: ReactNode][] = [
  ["/home", "/home", <HomePage />],
  ["/me", "/me", <MePage />],
  ["/file/:no?", "/file", <FilePage />],
  ["/seen", "/seen", <SeenPage />],
  ["/authorisations", "/authorisations", <AuthorisationsPage />],
  ["/delegates", "/delegates", <DelegatesPage />],
  ["/member/:part?", "/member", <MemberPage />],
  ["/onboarding", "/onboarding", <OnboardingPage />],
  ["/onboarding/apply", "/onboarding", <ApplyPage isBehalf />],
  ["/firm-accounts", "/firm-accounts", <FirmAccountsPage />],
  ["/accounts", "/accounts", <AccountsPage />],
  ["/systems", "/systems", <SystemsPage />],
  ["/permissions", "/permissions", <PermissionsPage />],
  ["/security-log", "/security-log", <LogPage />],
  ...CREDIT,
  ...INSTITUTION,
  ...DEPARTMENT,
  ...OPERATIONS,
];

/** Pages of those who are signed in. */
export function Inside() {
  return (
    <Switch>
      {PAGES.map(([path, place, page]) => (
        <Route key={path} path={path}>
          <OfPlace path={place}>{page}</OfPlace>
        </Route>
      ))}
      <Route path="/authorisations/:id">
        {({ id }) => (
          <OfPlace path="/authorisations">
            <ConsentPage key={id} id={id} />
          </OfPlace>
        )}
      </Route>
      <Route path="/onboarding/:id/:part?">
        {({ id }) => (
          <OfPlace path="/onboarding">
            <CasePage id={id} />
          </OfPlace>
        )}
      </Route>
      <Route>
        <NotFound />
      </Route>
    </Switch>
  );
}

/** Whoever a place is not for is told so. */
function OfPlace({ path, children }: { path: string; children: ReactNode }) {
  const { shell } = useWords();
  const person = usePerson();
  const places = PLACES.flatMap(({ entries }) => entries).filter((one) => one.path === path);
  if (places.length > 0 && !places.some((one) => one.isFor(person))) {
    return (
      <Page title={shell.forbidden} narrow>
        <Empty title={shell.forbiddenHint} />
      </Page>
    );
  }
  return children;
}
