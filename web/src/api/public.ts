import { keepPreviousData, queryOptions } from "@tanstack/react-query";

import { api, got } from "./client";
import type { MemberKind, Verified } from "./types";

/** The platform in figures; the node counts them every half minute. */
export const figures = queryOptions({
  queryKey: ["public", "figures"],
  queryFn: () => got(api.GET("/v1/public/figures")),
  refetchInterval: 30_000,
});

/** A page of the members online of one kind. */
export const membersOnline = (kind: MemberKind, page: number, pageSize: number) =>
  queryOptions({
    queryKey: ["public", "members", kind, page, pageSize],
    queryFn: () =>
      got(api.GET("/v1/public/members", { params: { query: { kind, page, page_size: pageSize } } })),
    staleTime: 60_000,
    placeholderData: keepPreviousData,
  });

export const statistics = queryOptions({
  queryKey: ["public", "statistics"],
  queryFn: () => got(api.GET("/v1/public/statistics")),
  staleTime: 300_000,
});

/** The key by which the platform signs its log. */
export const ledgerKey = queryOptions({
  queryKey: ["ledger", "key"],
  queryFn: () => got(api.GET("/v1/ledger/key")),
  staleTime: Infinity,
});

/** What the platform says of a check code. */
export const verifyCode = (code: string) => got(api.POST("/v1/public/verify", { body: { code } }));

/** What the platform says of a receipt; anything may be in the file, the node reads it strictly. */
export const verifyReceipt = (receipt: unknown): Promise<Verified> =>
  got(api.POST("/v1/public/verify", { body: { receipt } as never }));
