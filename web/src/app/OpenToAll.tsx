import { useQuery } from "@tanstack/react-query";
import { type ReactNode, Suspense } from "react";

import { currentSession } from "../api/session";
import { Loading } from "../parts/Loading";
import { PublicFrame } from "./PublicFrame";
import { Shell } from "./Shell";
import { SignedIn } from "./session";

/** Pages for everybody: whoever is signed in stays inside, with the navigation around. `visitor`: what others see. */
export function OpenToAll({ children, visitor = children }: { children: ReactNode; visitor?: ReactNode }) {
  const session = useQuery(currentSession);
  if (session.isPending) return <Loading />;
  const page = <Suspense fallback={<Loading />}>{session.data ? children : visitor}</Suspense>;
  if (!session.data) return <PublicFrame>{page}</PublicFrame>;
  return (
    <SignedIn>
      <Shell>{page}</Shell>
    </SignedIn>
  );
}
