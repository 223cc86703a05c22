import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";

import type { Report } from "../parts/report/report";
import { api, got, send } from "./client";
import { faultOf } from "./fault";
import type { paths } from "./schema";

export type ReportWish = paths["/v1/reports"]["post"]["requestBody"]["content"]["application/json"];
export type Variant = NonNullable<ReportWish["variant"]>;
export const VARIANTS: readonly Variant[] = ["pre_loan", "post_loan_change", "screening"];
export type Form = "pdf" | "html" | "json";

/** Which reports: `from`, `to`: days of issue, both included. */
export interface ReportFilter {
  subject?: string;
  variant?: Variant;
  from?: string;
  to?: string;
}

const PAGE = 20;
const path = (number: string) => ({ params: { path: { number } } });
const page = (filter: ReportFilter, before: number | null) =>
  got(api.GET("/v1/reports", { params: { query: { ...filter, before, page_size: PAGE } } }));
const about = (number: string) => got(api.GET("/v1/reports/{number}/about", path(number)));
const said = (number: string) => got(api.GET("/v1/reports/{number}/feedback", path(number)));

export type ReportLine = Awaited<ReturnType<typeof page>>[number];
export type Remark = Awaited<ReturnType<typeof said>>[number];
export type RemarkWish =
  paths["/v1/reports/{number}/feedback"]["post"]["requestBody"]["content"]["application/json"];

/** Reports newest first, with older ones to be added: an institution's own, or those about the caller's firm. */
export const reportsBy = (filter: ReportFilter) =>
  infiniteQueryOptions({
    queryKey: ["reports", "page", filter],
    queryFn: ({ pageParam }) => page(filter, pageParam),
    staleTime: 0,
    initialPageParam: null as number | null,
    getNextPageParam: (last) => (last.length < PAGE ? undefined : last.at(-1)?.leaf),
  });

/** Issues a report; the same key gives the same report, without another use of the authorisations. */
export const issueReport = (wish: ReportWish, key: string) =>
  got(api.POST("/v1/reports", { params: { header: { "idempotency-key": key } }, body: wish }));

/** A report again. Each reading is recorded: what was loaded is kept as long as the window shows it. */
export const reportOf = (number: string) =>
  queryOptions({
    queryKey: ["reports", "one", number],
    queryFn: async () => (await got(api.GET("/v1/reports/{number}", path(number)))) as Report,
    staleTime: Infinity,
    gcTime: 30 * 60_000,
    retry: false,
  });

/** What is known of a report beside its content. */
export const reportLineOf = (number: string) =>
  queryOptions({ queryKey: ["reports", "about", number], queryFn: () => about(number), staleTime: 60_000 });

export const remarksOf = (number: string) =>
  queryOptions({ queryKey: ["reports", "remarks", number], queryFn: () => said(number) });

export const remark = (number: string, body: RemarkWish) =>
  got(api.POST("/v1/reports/{number}/feedback", { ...path(number), body }));

/** The report as a file. A refusal is told in the page, never saved as if it were the report. */
export async function reportFile(number: string, form: Form, language: "zh" | "en"): Promise<Blob> {
  const query = form === "json" ? "" : `?lang=${language}`;
  const response = await send(
    new Request(`${location.origin}/v1/reports/${encodeURIComponent(number)}/${form}${query}`),
  );
  if (!response.ok) throw faultOf(response.status, await response.json().catch(() => null));
  return response.blob();
}
