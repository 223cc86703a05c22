import { queryOptions } from "@tanstack/react-query";

import { api, got } from "./client";

/** A reason why a firm belongs to a module; `said`: the phrase, code or certificate that speaks for it. */
export interface ModuleEvidence {
  origin_name: string;
  part: string | null;
  said: string | null;
  item_name: string | null;
  why: string;
}

/** The place of a firm in one module. The interface describes it as an open object, so its shape is stated here. */
export interface Membership {
  module: string;
  name: string;
  version: string;
  degree: string; // member, possible …
  degree_name: string;
  parts: { id: string; name: string }[];
  evidence: ModuleEvidence[];
}

/** The feature modules of the caller's own firm, computed now. Each look is recorded as evidence. */
export const ownModulesOf = (code: string) =>
  queryOptions({
    queryKey: ["own-modules", code],
    queryFn: async () =>
      (await got(api.GET("/v1/subjects/{code}/modules", { params: { path: { code } } }))) as unknown as {
        modules: Membership[];
      },
    staleTime: 300_000,
  });
