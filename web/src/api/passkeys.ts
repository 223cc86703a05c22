import { queryOptions } from "@tanstack/react-query";

import { api, got } from "./client";
import { currentSession, noted } from "./session";
import { createPasskey, provePasskey } from "./webauthn";

export const ownPasskeys = queryOptions({
  queryKey: ["passkeys"],
  queryFn: () => got(api.GET("/v1/passkeys")),
});

/** Signs in by passkey; without a login the device says whose it is. */
export async function signInWithPasskey(login: string | null) {
  const options = await got(api.POST("/v1/passkeys/sign-in/options", { body: { login } }));
  const credential = await provePasskey(options);
  return noted(await got(api.POST("/v1/passkeys/sign-in", { body: { credential } })));
}

/** Registers a passkey of whoever is signed in. The session may be a stronger one afterwards: look at it anew. */
export async function addPasskey(name: string): Promise<void> {
  const options = await got(api.POST("/v1/passkeys/options"));
  const credential = await createPasskey(options);
  const { session } = await got(api.POST("/v1/passkeys", { body: { name, credential } }));
  if (session !== null) noted(session);
}

/** Accepts an invitation with a passkey; whether a session was opened with it. */
export async function acceptWithPasskey(invitation: string, name: string): Promise<boolean> {
  const options = await got(api.POST("/v1/passkeys/invited/options", { body: { invitation } }));
  const credential = await createPasskey(options);
  const { session } = await got(api.POST("/v1/passkeys/invited", { body: { invitation, name, credential } }));
  if (session !== null) noted(session);
  return session !== null;
}

export async function removePasskey(passkey: string): Promise<void> {
  await got(api.DELETE("/v1/passkeys/{passkey}", { params: { path: { passkey } } }));
}

/** Queries that a change of one's proofs makes stale. */
export const AFTER_CHANGE = [currentSession.queryKey, ["passkeys"], ["sessions"]] as const;
