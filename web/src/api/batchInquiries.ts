import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";

import { api, got } from "./client";
import type { InquiryAnswer } from "./inquiries";

export interface BatchOrder {
  subjects: string[];
  purpose: string;
  items: string[] | null;
  reference: string | null;
}

const one = (batch_id: string) =>
  got(api.GET("/v1/inquiries/batch/{batch_id}", { params: { path: { batch_id } } }));
const page = (before: string | null) =>
  got(api.GET("/v1/inquiries/batch", { params: { query: { before, page_size: 20 } } }));

export type InquiryBatch = Awaited<ReturnType<typeof one>>;

/** One line of a result: the answer, or why there is none. */
export interface ResultLine {
  subject: string;
  answer?: InquiryAnswer;
  error?: { code: string; message: string; hint: string };
}

/** The same key is the same batch, however often it is sent. */
export const submitBatch = (order: BatchOrder, key: string) =>
  got(api.POST("/v1/inquiries/batch", { params: { header: { "idempotency-key": key } }, body: order }));

export const cancelBatch = (batch_id: string) =>
  got(api.POST("/v1/inquiries/batch/{batch_id}/cancel", { params: { path: { batch_id } } }));

export const resultAddress = (id: string) => `/v1/inquiries/batch/${id}/result`;

/** The lines of a result, in the order of its subjects. */
export async function readResult(batch_id: string): Promise<ResultLine[]> {
  const text = await got(
    api.GET("/v1/inquiries/batch/{batch_id}/result", {
      params: { path: { batch_id } },
      parseAs: "text",
    }),
  );
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as ResultLine);
}

/** Whether something is still being done. */
export const isUnderWay = (batch: InquiryBatch) => batch.state === "waiting" || batch.state === "running";

/** Looked at again every two seconds until it has come to its end; a reload goes on where it is. */
export const batchOf = (id: string) =>
  queryOptions({
    queryKey: ["inquiry-batches", id],
    queryFn: () => one(id),
    refetchInterval: ({ state }) => (state.data !== undefined && isUnderWay(state.data) ? 2_000 : false),
  });

export const batchesNewestFirst = infiniteQueryOptions({
  queryKey: ["inquiry-batches"],
  queryFn: ({ pageParam }) => page(pageParam),
  initialPageParam: null as string | null,
  getNextPageParam: (last) => (last.length < 20 ? undefined : (last.at(-1)?.id ?? undefined)),
});
