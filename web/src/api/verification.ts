import { queryOptions } from "@tanstack/react-query";

import { api, got } from "./client";

/** Item → fields that may be compared with what an institution was told. */
export const verifiable = queryOptions({
  queryKey: ["verifiable"],
  queryFn: () => got(api.GET("/v1/inquiries/verification")),
  staleTime: 600_000,
});

interface Claim {
  subject: string;
  purpose: string;
  item: string;
  facts: Record<string, string>;
}

export const verify = (claim: Claim) => got(api.POST("/v1/inquiries/verification", { body: claim }));

export type Verified = Awaited<ReturnType<typeof verify>>;
