import { queryOptions } from "@tanstack/react-query";

import { api, got } from "./client";

const read = (since: string, until: string) =>
  got(
    api.GET("/v1/usage", {
      params: { query: { ...(since === "" ? {} : { since }), ...(until === "" ? {} : { until }) } },
    }),
  );

export type Usage = Awaited<ReturnType<typeof read>>;
export type DayUse = Usage["days"][number];
export type Quota = Usage["quotas"][number];

/** Of one's own organisation; without days, the last thirty. */
export const usageOf = (since = "", until = "") =>
  queryOptions({ queryKey: ["usage", since, until], queryFn: () => read(since, until) });
