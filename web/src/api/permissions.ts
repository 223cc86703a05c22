import { queryOptions } from "@tanstack/react-query";

import { api, got } from "./client";

/** The permission table in force. */
export const permissionTable = queryOptions({
  queryKey: ["permissions"],
  queryFn: () => got(api.GET("/v1/permissions")),
  staleTime: 600_000,
});
