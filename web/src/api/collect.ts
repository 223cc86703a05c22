import { queryOptions } from "@tanstack/react-query";

import { type Batch, type BatchFilter } from "./batchDesk";
import { api, got } from "./client";

export type { Batch, BatchFilter, BatchState } from "./batchDesk";

const ENDED = new Set<Batch["state"]>(["published", "feedback_sent", "held", "rejected"]);
const LOOK_AGAIN = 1_000; // milliseconds, while a batch is under way

export const hasEnded = (batch: Pick<Batch, "state">) => ENDED.has(batch.state);

const overview = () => got(api.GET("/v1/batches/overview", { params: { query: {} } }));
const trends = (item: string, months: number) =>
  got(api.GET("/v1/batches/trends", { params: { query: { months, ...(item === "" ? {} : { item }) } } }));
const dataUse = (item: string, months: number) =>
  got(api.GET("/v1/data-use", { params: { query: { months, ...(item === "" ? {} : { item }) } } }));
const mending = (batch_id: number, page: number) =>
  got(
    api.GET("/v1/batches/{batch_id}/mending", {
      params: { path: { batch_id }, query: { page, page_size: MENDING_PAGE } },
    }),
  );
export const deliveries = (query: BatchFilter) => got(api.GET("/v1/batches", { params: { query } }));

export const MENDING_PAGE = 50;
export type Overview = Awaited<ReturnType<typeof overview>>;
export type ItemStanding = Overview["items"][number];
export type Trends = Awaited<ReturnType<typeof trends>>;
export type MonthQuality = Trends["months"][number];
export type DataUse = Awaited<ReturnType<typeof dataUse>>;
export type Mending = Awaited<ReturnType<typeof mending>>;
export type MendingRow = Mending["rows"][number];

/** The items of one's own organisation, each with what was last sent of it. */
export const ownItems = queryOptions({ queryKey: ["batches", "overview"], queryFn: overview });

export const trendsOf = (item: string, months: number) =>
  queryOptions({ queryKey: ["batches", "trends", item, months], queryFn: () => trends(item, months) });

export const dataUseOf = (item: string, months: number) =>
  queryOptions({ queryKey: ["data-use", item, months], queryFn: () => dataUse(item, months) });

export const deliveriesOf = (filter: BatchFilter) =>
  queryOptions({ queryKey: ["batches", "own", filter], queryFn: () => deliveries(filter) });

/** A batch; looked at again and again until it has ended. */
export const followed = (id: number) =>
  queryOptions({
    queryKey: ["batches", "one", id],
    queryFn: () => got(api.GET("/v1/batches/{batch_id}", { params: { path: { batch_id: id } } })),
    refetchInterval: ({ state }) => (state.data !== undefined && !hasEnded(state.data) ? LOOK_AGAIN : false),
  });

export const mendingOf = (id: number, page: number) =>
  queryOptions({ queryKey: ["batches", "mending", id, page], queryFn: () => mending(id, page) });

/** Sends mended rows back: they become a batch that corrects this one. */
export const resend = (batch: Batch, rows: Record<string, string>[]) =>
  got(
    api.POST("/v1/batches/rows", {
      body: {
        provider: batch.provider,
        item: batch.item,
        item_version: batch.item_version,
        mode: "incremental",
        mapping: batch.mapping,
        correction_of: batch.id,
        rows,
      },
    }),
  );
