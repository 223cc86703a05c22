import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense } from "react";

import { memberOf } from "../../api/members";
import { usePerson } from "../../app/session";
import { Loaded } from "../../parts/Loaded";
import { Standing } from "../members/Standing";

const InstitutionHome = lazy(() => import("./InstitutionHome").then((m) => ({ default: m.InstitutionHome })));
const DepartmentTasks = lazy(() => import("./DepartmentTasks").then((m) => ({ default: m.DepartmentTasks })));
const ASKING = new Set(["bank", "guarantor", "credit_agency", "credit_service"]);

/** Staff of a member: what waits for those who inquire, and how the member stands. */
export function MemberHome({ id }: { id: string }) {
  const person = usePerson();
  const query = useQuery(memberOf(id));
  return (
    <Loaded query={query}>
      {(member) => {
        const isAsking = ASKING.has(member.kind) && member.state === "online";
        return (
          <>
            {isAsking && (
              <Suspense>
                <InstitutionHome />
              </Suspense>
            )}
            {member.kind === "provider" && person.may("read", "batch") && (
              <Suspense>
                <DepartmentTasks />
              </Suspense>
            )}
            {(!isAsking || person.may("edit", "member")) && <Standing member={member} />}
          </>
        );
      }}
    </Loaded>
  );
}
