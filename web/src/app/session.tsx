import { useQuery, useQueryClient } from "@tanstack/react-query";
import { createContext, type ReactNode, use, useEffect, useMemo } from "react";
import { useLocation } from "wouter";

import { guard } from "../api/client";
import { permissionTable } from "../api/permissions";
import { currentSession, signOut } from "../api/session";
import type { Session } from "../api/types";
import { Loading } from "../parts/Loading";
import { FaultNotice } from "../parts/Notice";
import { forgetDrafts } from "../parts/drafts";
import { rightsOf } from "./rights";

/** Whoever is signed in, and what its roles may do at all. */
export interface Person extends Session {
  id: string; // as in logs and decisions: account:…
  isStrong: boolean;
  may: (action: string, resource: string) => boolean;
}

const PersonContext = createContext<Person | null>(null);
const STRONG = new Set(["multi", "passkey", "oidc", "key", "local"]);

/** Pages inside are for those who are signed in; others are led to the sign-in page and back. */
export function SignedIn({ children }: { children: ReactNode }) {
  const session = useQuery(currentSession);
  const table = useQuery({ ...permissionTable, enabled: Boolean(session.data) });
  const [path, go] = useLocation();
  const isNobody = session.data === null;

  useEffect(() => {
    if (isNobody && guard.again === null) {
      go(`/sign-in?next=${encodeURIComponent(path + location.search)}`, { replace: true });
    }
  }, [isNobody, path, go]);

  const person = useMemo(
    () => (session.data && table.data ? personOf(session.data, table.data) : null),
    [session.data, table.data],
  );
  if (session.isError) return <FaultNotice thrown={session.error} onRetry={() => void session.refetch()} />;
  if (table.isError) return <FaultNotice thrown={table.error} onRetry={() => void table.refetch()} />;
  if (person === null) return <Loading />;
  return <PersonContext value={person}>{children}</PersonContext>;
}

/** The person who is signed in; only inside `SignedIn`. */
export function usePerson(): Person {
  const person = use(PersonContext);
  if (person === null) throw new Error("usePerson outside SignedIn");
  return person;
}

/** Ends the session and forgets everything that was shown. */
export function useSignOut(): () => void {
  const client = useQueryClient();
  return () => {
    guard.again = null;
    void signOut()
      .catch(() => undefined) // whoever is signed out already is where it wants to be
      .then(() => {
        client.clear();
        forgetDrafts();
        location.assign("/");
      });
  };
}

function personOf(session: Session, table: Parameters<typeof rightsOf>[0]): Person {
  const isStrong = STRONG.has(session.strength);
  const isOnline = session.member === null || session.member.state === "online";
  const rights = rightsOf(table, session.roles, isStrong, isOnline);
  return {
    ...session,
    id: `account:${session.account}`,
    isStrong,
    may: (action, resource) => rights.has(`${action} ${resource}`),
  };
}
