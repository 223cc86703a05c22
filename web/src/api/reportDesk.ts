import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";

import { api, got } from "./client";
import type { paths } from "./schema";

type Query = NonNullable<paths["/v1/report-feedback"]["get"]["parameters"]["query"]>;
export type FeedbackFilter = Pick<Query, "kind" | "open">;

const PAGE = 30;
const figures = () => got(api.GET("/v1/reports/quality"));
const page = (query: Query) => got(api.GET("/v1/report-feedback", { params: { query } }));

export type Quality = Awaited<ReturnType<typeof figures>>;
export type Remark = Awaited<ReturnType<typeof page>>[number];

/** Coverage, freshness and feedback of reports; the node counts them every five minutes. */
export const reportQuality = queryOptions({ queryKey: ["report-quality"], queryFn: figures });

/** Feedback newest first, older ones on request: a provider's own, or all. */
export const feedbackBy = (filter: FeedbackFilter) =>
  infiniteQueryOptions({
    queryKey: ["report-feedback", filter],
    queryFn: ({ pageParam }) =>
      page({ ...filter, page_size: PAGE, ...(pageParam === null ? {} : { before: pageParam }) }),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => (last.length < PAGE ? undefined : last.at(-1)?.at),
  });

export const answerFeedback = (feedback_id: string, answer: string) =>
  got(
    api.POST("/v1/report-feedback/{feedback_id}/answer", {
      params: { path: { feedback_id } },
      body: { answer },
    }),
  );
