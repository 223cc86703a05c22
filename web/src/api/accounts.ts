import { queryOptions } from "@tanstack/react-query";

import { api, got } from "./client";
import type { AccountState } from "./types";

interface Asked {
  member?: string;
  state?: AccountState;
  page: number;
}

export const accountsOf = (asked: Asked) =>
  queryOptions({
    queryKey: ["accounts", asked],
    queryFn: () => got(api.GET("/v1/accounts", { params: { query: { ...asked, page_size: 50 } } })),
  });

export const openProposals = queryOptions({
  queryKey: ["account-proposals"],
  queryFn: () =>
    got(api.GET("/v1/account-proposals", { params: { query: { state: "open", page_size: 100 } } })),
});

export const firmAccountsOf = (asked: { state?: AccountState; page: number }) =>
  queryOptions({
    queryKey: ["firm-accounts", asked],
    queryFn: () => got(api.GET("/v1/firm-accounts", { params: { query: { ...asked, page_size: 50 } } })),
  });

export const firmAccountOf = (account: string) =>
  queryOptions({
    queryKey: ["firm-accounts", account],
    queryFn: () => got(api.GET("/v1/firm-accounts/{account}", { params: { path: { account } } })),
  });
