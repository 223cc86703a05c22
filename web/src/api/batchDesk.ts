import { queryOptions } from "@tanstack/react-query";

import { api, got } from "./client";
import type { paths } from "./schema";

export type BatchFilter = NonNullable<paths["/v1/batches"]["get"]["parameters"]["query"]>;

const page = (query: BatchFilter) => got(api.GET("/v1/batches", { params: { query } }));
const one = (batch_id: number) => got(api.GET("/v1/batches/{batch_id}", { params: { path: { batch_id } } }));
const aside = (batch_id: number) =>
  got(
    api.GET("/v1/batches/{batch_id}/quarantine", {
      params: { path: { batch_id }, query: { page_size: 50 } },
    }),
  );

export type Batch = Awaited<ReturnType<typeof one>>;
export type BatchState = Batch["state"];
export type RowAside = Awaited<ReturnType<typeof aside>>[number];

/** Batches of all providers, newest first. */
export const allBatches = (filter: BatchFilter) =>
  queryOptions({ queryKey: ["batches", "all", filter], queryFn: () => page(filter) });

export const batchOf = (id: number) =>
  queryOptions({ queryKey: ["batches", "one", id], queryFn: () => one(id) });

export const rowsAside = (id: number) =>
  queryOptions({ queryKey: ["batches", "aside", id], queryFn: () => aside(id) });

/** What a person decides on a held batch. */
export const decideBatch = (batch_id: number, accept: boolean, note: string) =>
  got(
    api.POST("/v1/batches/{batch_id}/decision", { params: { path: { batch_id } }, body: { accept, note } }),
  );
