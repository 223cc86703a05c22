import { queryOptions } from "@tanstack/react-query";

import { api, got } from "./client";

/** Name of the platform that this node is. */
export const platformName = queryOptions({
  queryKey: ["platform"],
  queryFn: async () => (await got(api.GET("/readyz")))["platform"],
  staleTime: Infinity,
  retry: false,
});

/** Every item of the catalogue in force; public. */
export const catalogue = queryOptions({
  queryKey: ["catalogue"],
  queryFn: () => got(api.GET("/v1/catalogue")),
  staleTime: 600_000,
});
