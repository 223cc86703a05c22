import { queryOptions } from "@tanstack/react-query";

import { api, got } from "./client";
import type { paths } from "./schema";
import { provePasskey } from "./webauthn";

export type ConsentState =
  "draft" | "pending" | "active" | "paused" | "revoked" | "exhausted" | "rejected" | "expired";

/** Which authorisations: `state` may name several, `ending` puts first what must be answered or ends soonest. */
export interface ConsentFilter {
  state?: ConsentState[];
  subject?: string;
  grantee?: string;
  purpose?: string;
  ending_within_days?: number;
  sort?: "newest" | "ending";
  page?: number;
  page_size?: number;
}

/** What a firm takes away before it signs; what is left out stays as it was asked for. */
export interface Narrowing {
  items?: Record<string, string[] | null>;
  valid_to?: string;
  max_calls?: number;
  data?: { months: number };
  retention_days?: number;
  personal?: boolean;
}

const path = (consent_id: string) => ({ params: { path: { consent_id } } });

function page({ state, ...others }: ConsentFilter) {
  const query = { ...others, ...(state === undefined ? {} : { state: state.join(",") }) };
  return got(api.GET("/v1/consents", { params: { query } }));
}

const one = (id: string) => got(api.GET("/v1/consents/{consent_id}", path(id)));
const templates = () => got(api.GET("/v1/consents/templates"));
const grantees = () => got(api.GET("/v1/consents/grantees"));
const prepare = (id: string, body: Narrowing) =>
  got(api.POST("/v1/consents/{consent_id}/prepare", { ...path(id), body: { personal: true, ...body } }));

export type Consent = Awaited<ReturnType<typeof page>>["consents"][number];
export type ConsentDetail = Awaited<ReturnType<typeof one>>;
export type ConsentPurpose = Awaited<ReturnType<typeof templates>>["purposes"][number];
export type Grantee = Awaited<ReturnType<typeof grantees>>[number];
export type Prepared = Awaited<ReturnType<typeof prepare>>;

export type ConsentWish = paths["/v1/consents"]["post"]["requestBody"]["content"]["application/json"];

/** An institution's request, into the firm's inbox. What is left out is filled with the purpose's limits. */
export const requestConsent = (wish: ConsentWish) => got(api.POST("/v1/consents", { body: wish }));

/** Takes back a request that is not signed. */
export const cancelConsent = (id: string) => got(api.POST("/v1/consents/{consent_id}/cancel", path(id)));

/** Queries that a step of an authorisation makes stale. */
export const AFTER_CONSENT_STEP = [["consents"], ["grantees"]] as const;

// Others act on authorisations at any moment: whoever comes to a page sees how they stand now.
export const consentsBy = (filter: ConsentFilter) =>
  queryOptions({ queryKey: ["consents", filter], queryFn: () => page(filter), staleTime: 0 });

export const consentOf = (id: string) =>
  queryOptions({ queryKey: ["consents", "one", id], queryFn: () => one(id), staleTime: 0 });

/** Who may ask for what at most, and the texts; changes with a release only. */
export const consentPurposes = queryOptions({
  queryKey: ["consent-purposes"],
  queryFn: templates,
  staleTime: 600_000,
});

/** Of the caller's firm: who holds what and has read how often. */
export const ownGrantees = queryOptions({ queryKey: ["grantees"], queryFn: grantees, staleTime: 0 });

export const prepareConsent = prepare;

export async function signByPasskey({ consent, digest, passkey }: Prepared, personal: boolean) {
  if (passkey === null) throw new Error("no passkey options");
  const credential = await provePasskey(passkey);
  return got(
    api.POST("/v1/consents/{consent_id}/sign", {
      ...path(consent.id),
      body: { method: "passkey", digest, personal, credential },
    }),
  );
}

export const signByCertificate = (
  { consent, digest }: Prepared,
  personal: boolean,
  proof: { signature: string; certificates: string },
) =>
  got(
    api.POST("/v1/consents/{consent_id}/sign", {
      ...path(consent.id),
      body: { method: "certificate", digest, personal, ...proof },
    }),
  );

export const signBeforeWitness = (
  { consent, digest }: Prepared,
  personal: boolean,
  proof: { login: string; password: string; code: string },
) =>
  got(
    api.POST("/v1/consents/{consent_id}/sign", {
      ...path(consent.id),
      body: { method: "witnessed", digest, personal, ...proof },
    }),
  );

export const declineConsent = (id: string, note: string) =>
  got(api.POST("/v1/consents/{consent_id}/decline", { ...path(id), body: { note } }));

export const pauseConsent = (id: string) => got(api.POST("/v1/consents/{consent_id}/pause", path(id)));
export const resumeConsent = (id: string) => got(api.POST("/v1/consents/{consent_id}/resume", path(id)));
export const revokeConsent = (id: string) => got(api.POST("/v1/consents/{consent_id}/revoke", path(id)));
export const withdrawPersonal = (id: string) =>
  got(api.POST("/v1/consents/{consent_id}/personal/revoke", path(id)));

/** Withdraws all that one institution holds; null: all there is. */
export const revokeAll = (grantee: string | null) =>
  got(api.POST("/v1/consents/revocations", { body: { grantee } }));

/** The file by which anybody can verify the signature offline. */
export const signatureFile = (id: string) => got(api.GET("/v1/consents/{consent_id}/signature", path(id)));
