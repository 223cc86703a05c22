import { keepPreviousData, queryOptions } from "@tanstack/react-query";

import { api, got } from "./client";
import type { paths } from "./schema";

export type ObjectionQuery = NonNullable<paths["/v1/evaluation-objections"]["get"]["parameters"]["query"]>;
export type Decision =
  paths["/v1/evaluation-objections/{id}/decision"]["post"]["requestBody"]["content"]["application/json"];

const page = (query: ObjectionQuery) => got(api.GET("/v1/evaluation-objections", { params: { query } }));
const one = (id: string) => got(api.GET("/v1/evaluation-objections/{id}", path(id)));
const evaluation = (code: string) =>
  got(api.GET("/v1/subjects/{code}/evaluation", { params: { path: { code } } }));
const named = (number: number) =>
  got(
    api.GET("/v1/evaluation-objections/wrong-records", {
      params: { query: { page: number, page_size: 20 } },
    }),
  );

function path(id: string) {
  return { params: { path: { id } } };
}

export type Objection = Awaited<ReturnType<typeof page>>["objections"][number];
export type ObjectionDetail = Awaited<ReturnType<typeof one>>;
export type WrongRecord = NonNullable<Decision["wrong"]>[number];
export type Evaluated = Awaited<ReturnType<typeof evaluation>>;
export type FactBehind = Evaluated["facts"][string][number];
export type NamedRecord = Awaited<ReturnType<typeof named>>["records"][number];

const OBJECTIONS = ["evaluation-objections"] as const;
export const AFTER_OBJECTION = [OBJECTIONS, ["tasks"], ["evaluations"]] as const;

/** Objections of all firms; those under way first, by their clock. */
export const objectionPage = (query: ObjectionQuery) =>
  queryOptions({
    queryKey: [...OBJECTIONS, "page", query],
    queryFn: () => page(query),
    placeholderData: keepPreviousData,
  });

export const objectionOf = (id: string) =>
  queryOptions({ queryKey: [...OBJECTIONS, "one", id], queryFn: () => one(id) });

/** The evaluation of today with the records behind it, for the review; leaves evidence. */
export const evaluatedOf = (code: string) =>
  queryOptions({
    queryKey: [...OBJECTIONS, "evaluation", code],
    queryFn: () => evaluation(code),
    staleTime: 60_000,
  });

/** Records that reviews found wrong at their source: a provider's own, or all. */
export const wrongRecords = (number: number) =>
  queryOptions({
    queryKey: [...OBJECTIONS, "wrong", number],
    queryFn: () => named(number),
    placeholderData: keepPreviousData,
  });

export const takeObjection = (id: string) => got(api.POST("/v1/evaluation-objections/{id}/review", path(id)));
export const decideObjection = (id: string, body: Decision) =>
  got(api.POST("/v1/evaluation-objections/{id}/decision", { ...path(id), body }));
