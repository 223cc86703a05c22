import { Skeleton } from "antd";
import { lazy, Suspense } from "react";

import { usePerson } from "../../app/session";
import { useWords } from "../../i18n/words";
import { Page } from "../../parts/Page";
import { HealthLine } from "./HealthLine";
import { Tasks } from "./Tasks";
import { Waiting } from "./Waiting";

const FirmHome = lazy(() => import("./FirmHome").then((m) => ({ default: m.FirmHome })));
const MemberHome = lazy(() => import("./MemberHome").then((m) => ({ default: m.MemberHome })));

/** The first page after signing in: what waits for this person. */
export function HomePage() {
  const { home } = useWords();
  const person = usePerson();
  if (person.state === "pending") return <Waiting />;
  const isOperator = person.member?.kind === "operator";
  const lead = isOperator ? home.leadOperator : person.member === null ? home.leadFirm : home.leadMember;
  return (
    <Page title={home.greeting(person.name)} lead={lead}>
      {isOperator && <HealthLine />}
      <Suspense fallback={<Skeleton active />}>
        {isOperator ? (
          <Tasks />
        ) : person.member === null ? (
          <FirmHome />
        ) : (
          <MemberHome id={person.member.id} />
        )}
      </Suspense>
    </Page>
  );
}
