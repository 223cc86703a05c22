import createClient from "openapi-fetch";

import { faultOf } from "./fault";
import type { paths } from "./schema";

/** What the client needs to know of the session; set by `app/session.tsx`. */
interface Guard {
  csrf: string | null; // sent with every change
  /** Asked when an answer says that the session is over: resolves when the person has signed in again. */
  again: (() => Promise<void>) | null;
}

export const guard: Guard = { csrf: null, again: null };

const CSRF_HEADER = "X-CSRF-Token";
const SAFE = new Set(["GET", "HEAD", "OPTIONS"]);
/** Asking who one is, and signing in, answer 401 for reasons of their own. */
const SIGNING_IN = /^\/v1\/(session|sign-in|sign-on|passkeys\/sign-in)(\/|$)/;

/** Calls of our API, typed by its OpenAPI document (`src/api/schema.d.ts`, generated). */
export const api = createClient<paths>({ baseUrl: location.origin, fetch: send });

/** Sends a request; where the session has ended, waits for a new sign-in and sends it once more. Nothing typed is lost. */
export async function send(request: Request): Promise<Response> {
  const spare = request.clone();
  const response = await fetch(signed(request));
  if (response.status !== 401 || guard.again === null || SIGNING_IN.test(new URL(request.url).pathname))
    return response;
  await guard.again();
  return fetch(signed(spare));
}

function signed(request: Request): Request {
  if (guard.csrf !== null && !SAFE.has(request.method)) request.headers.set(CSRF_HEADER, guard.csrf);
  return request;
}

/** What a call gave. Throws Fault for an answer that is not a success. */
export async function got<T>(call: Promise<{ data?: T; error?: unknown; response: Response }>): Promise<T> {
  const { data, error, response } = await call;
  if (!response.ok) throw faultOf(response.status, error);
  return data as T;
}
