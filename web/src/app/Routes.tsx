import { lazy, Suspense } from "react";
import { Route, Switch } from "wouter";

import { FrontPage } from "../pages/front/FrontPage";
import { SignInPage } from "../pages/sign-in/SignInPage";
import { Loading } from "../parts/Loading";
import { NotFound } from "./NotFound";
import { PublicFrame } from "./PublicFrame";
import { Shell } from "./Shell";
import { SignedIn } from "./session";

const ApplyPage = lazy(() => import("../pages/apply/ApplyPage").then((m) => ({ default: m.ApplyPage })));
const SignUpPage = lazy(() => import("../pages/firm/SignUpPage").then((m) => ({ default: m.SignUpPage })));
const InvitationPage = lazy(() =>
  import("../pages/firm/InvitationPage").then((m) => ({ default: m.InvitationPage })),
);
const Inside = lazy(() => import("./Inside").then((m) => ({ default: m.Inside })));

const PUBLIC: [path: string, page: React.ReactNode][] = [
  ["/", <FrontPage />],
  ["/sign-in", <SignInPage />],
  ["/sign-up", <SignUpPage />],
  ["/apply", <ApplyPage />],
  ["/invitation", <InvitationPage />],
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
  /^\/(?<place>home|me|delegates|member|onboarding|firm-accounts|accounts|systems|permissions|security-log)(\/|$)/;
