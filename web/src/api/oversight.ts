import { queryOptions } from "@tanstack/react-query";

import { api, got } from "./client";
import type { InquiryFilter, InquiryLine } from "./inquiries";

export type InquiryQuery = InquiryFilter;
export const LINES = 50;

export const inquiryLines = (
  filter: InquiryQuery,
  before: number | null,
  page_size: number,
): Promise<InquiryLine[]> =>
  got(api.GET("/v1/inquiries", { params: { query: { ...filter, before, page_size } } }));

/** A page of who read what, newest first, with evidence numbered below `before`. */
export const inquiriesBefore = (filter: InquiryQuery, before: number | null) =>
  queryOptions({
    queryKey: ["inquiries", "oversight", filter, before],
    queryFn: () => inquiryLines(filter, before, LINES),
  });
