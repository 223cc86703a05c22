import { queryOptions } from "@tanstack/react-query";

import { api, got } from "./client";

export type JobState = "waiting" | "running" | "failed";

const listed = (state: JobState | null, page: number) =>
  got(api.GET("/v1/jobs", { params: { query: { state, page } } }));
const path = (job_id: number) => ({ params: { path: { job_id } } });

export type Job = Awaited<ReturnType<typeof listed>>["jobs"][number];

/** The queue; looked at again every ten seconds. */
export const jobsBy = (state: JobState | null, page: number) =>
  queryOptions({
    queryKey: ["jobs", state, page],
    queryFn: () => listed(state, page),
    refetchInterval: 10_000,
  });

export const retryJob = (id: number) => got(api.POST("/v1/jobs/{job_id}/retry", path(id)));
export const cancelJob = (id: number) => got(api.POST("/v1/jobs/{job_id}/cancel", path(id)));
