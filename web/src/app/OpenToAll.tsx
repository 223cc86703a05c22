import { useQuery } from "@tanstack/react-query";
import { type ReactNode, Suspense } from "react";

import { currentSession } from "../api/session";
import { Loading } from "../parts/Loading";
import { PublicFrame } from "./PublicFrame";
import { Shell } from "./Shell";
import { SignedIn } from "./session";

/** Pages for everybody: whoever is signed in stays inside, with the navigation around. */
export function OpenToAll({ children }: { children: ReactNode }) {
  const session = useQuery(currentSession);
  const page = <Suspense fallback={<Loading />}>{children}</Suspense>;
  if (session.isPending) return <Loading />;
  if (!session.data) return <PublicFrame>{page}</PublicFrame>;
  return (
    <SignedIn>
      <Shell>{page}</Shell>
    </SignedIn>
  );
}
