import { queryOptions } from "@tanstack/react-query";

import { api, got, guard } from "./client";
import { Fault } from "./fault";
import type { Session } from "./types";

/** Who is signed in; null: nobody. What the client must send with changes is noted on the way. */
export const currentSession = queryOptions({
  queryKey: ["session"],
  queryFn: async (): Promise<Session | null> => {
    try {
      return noted(await got(api.GET("/v1/session")));
    } catch (thrown) {
      if (thrown instanceof Fault && thrown.status === 401) return null;
      throw thrown;
    }
  },
  staleTime: 60_000,
});

/** Notes the token that changes must carry, of a session just opened or looked at. */
export function noted<S extends { csrf: string }>(session: S): S {
  guard.csrf = session.csrf;
  return session;
}

/** Signs in with a password; what comes back says whether a code has to follow. */
export async function signInWithPassword(login: string, password: string) {
  const answer = await got(api.POST("/v1/session", { body: { login, password } }));
  return "csrf" in answer ? noted(answer) : answer;
}

/** The second step: a code of the authenticator or a recovery code. */
export async function signInWithCode(challenge: string, code: string) {
  return noted(await got(api.POST("/v1/session/second-factor", { body: { challenge, code } })));
}

export async function signOut(): Promise<void> {
  await got(api.DELETE("/v1/session"));
  guard.csrf = null;
}
