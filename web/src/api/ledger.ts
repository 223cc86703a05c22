import { queryOptions } from "@tanstack/react-query";

import { api, got } from "./client";

/** What proves an entry of the log to anybody who has the platform's public key, offline. */
export const receiptOf = (leaf: number) =>
  got(api.GET("/v1/ledger/leaves/{index}/receipt", { params: { path: { index: leaf } } }));

export const leafOf = (leaf: number) =>
  queryOptions({
    queryKey: ["leaf", leaf],
    queryFn: () => got(api.GET("/v1/ledger/leaves/{index}", { params: { path: { index: leaf } } })),
    staleTime: Infinity, // an entry never changes
  });
