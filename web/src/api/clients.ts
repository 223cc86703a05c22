import { queryOptions } from "@tanstack/react-query";

import { api, got } from "./client";

export const clientsOf = (asked: { member?: string; page: number }) =>
  queryOptions({
    queryKey: ["clients", asked],
    queryFn: () => got(api.GET("/v1/clients", { params: { query: { ...asked, page_size: 50 } } })),
  });

export const clientOf = (client_id: string) =>
  queryOptions({
    queryKey: ["clients", client_id],
    queryFn: () => got(api.GET("/v1/clients/{client_id}", { params: { path: { client_id } } })),
  });

export const authorisationServer = queryOptions({
  queryKey: ["oauth"],
  queryFn: () => got(api.GET("/.well-known/oauth-authorization-server")),
  staleTime: Infinity,
});
