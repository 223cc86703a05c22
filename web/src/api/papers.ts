import { queryOptions } from "@tanstack/react-query";

import { api, got } from "./client";
import type { paths } from "./schema";

export type ConsentQuery = NonNullable<paths["/v1/consents"]["get"]["parameters"]["query"]>;
export type PaperGiven =
  paths["/v1/consents/{consent_id}/paper"]["post"]["requestBody"]["content"]["application/json"];

const path = (consent_id: string) => ({ params: { path: { consent_id } } });

/** Authorisations as the platform and supervisors see them. */
export const consentPage = (query: ConsentQuery) =>
  queryOptions({
    queryKey: ["consents", "page", query],
    queryFn: () => got(api.GET("/v1/consents", { params: { query } })),
  });

export const attachPaper = (id: string, body: PaperGiven) =>
  got(api.POST("/v1/consents/{consent_id}/paper", { ...path(id), body }));

export const verifyPaper = (id: string, sha256: string) =>
  got(api.POST("/v1/consents/{consent_id}/paper/verify", { ...path(id), body: { sha256 } }));

export const witnessConsent = (id: string, digest: string) =>
  got(api.POST("/v1/consents/{consent_id}/witness", { ...path(id), body: { digest } }));
