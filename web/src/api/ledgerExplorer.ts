import { queryOptions } from "@tanstack/react-query";

import { api, got } from "./client";

export interface LeafFilter {
  view?: "access" | "acts" | "all";
  kind?: string;
  subject?: string;
  member?: string;
  before?: number;
}

const leaves = (query: LeafFilter & { page_size?: number }) =>
  got(api.GET("/v1/ledger/leaves", { params: { query } }));
const checkpoints = (before: number | null) =>
  got(api.GET("/v1/ledger/checkpoints", { params: { query: { before } } }));

export type Leaf = Awaited<ReturnType<typeof leaves>>[number];
export type SignedCheckpoint = Awaited<ReturnType<typeof checkpoints>>[number];

/** What proves an entry; the interface describes it as an open object, so its shape is stated here. */
export interface Receipt {
  form: string;
  suite: string;
  leaf: string;
  index: number;
  checkpoint: string;
  proof: string[];
  public_key: string;
}

/** How many entries the log has, and how many are coming in. */
export const logHead = queryOptions({
  queryKey: ["ledger", "head"],
  queryFn: () => got(api.GET("/v1/ledger/head")),
});

export const logKey = queryOptions({
  queryKey: ["ledger", "key"],
  queryFn: () => got(api.GET("/v1/ledger/key")),
  staleTime: Infinity,
});

export const PAGE = 50;

/** A page of the log, newest first, numbered below `before`. */
export const leavesBy = (filter: LeafFilter) =>
  queryOptions({
    queryKey: ["ledger", "leaves", filter],
    queryFn: () => leaves({ ...filter, page_size: PAGE }),
  });

export const checkpointsBefore = (before: number | null) =>
  queryOptions({ queryKey: ["ledger", "checkpoints", before], queryFn: () => checkpoints(before) });

export const receiptFor = async (index: number) =>
  (await got(
    api.GET("/v1/ledger/leaves/{index}/receipt", { params: { path: { index } } }),
  )) as unknown as Receipt;

export const consistencyBetween = async (first: number, second: number) =>
  (await got(api.GET("/v1/ledger/proofs/consistency", { params: { query: { first, second } } }))).proof;

/** The node's own word on a receipt. */
export const verifyAtNode = (receipt: Receipt) => got(api.POST("/v1/ledger/verify", { body: receipt }));
