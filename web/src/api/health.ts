import { queryOptions } from "@tanstack/react-query";

import { api, got } from "./client";

const look = () => got(api.GET("/v1/health"));

export type Health = Awaited<ReturnType<typeof look>>;
export type Finding = Health["findings"][number];
export type LateItem = Health["late"][number];

/** How the node is; looked at again every half minute. */
export const nodeHealth = queryOptions({ queryKey: ["health"], queryFn: look, refetchInterval: 30_000 });
