import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";

import { api, got } from "./client";

/** One fact of an item as it is kept: its fields, where it comes from, when it holds. */
export interface Fact {
  data: Record<string, string | number | boolean | null>;
  origin: { provider: string; platform: string; batch: number; first_seen: string };
  valid_from: string | null;
  valid_to: string | null;
  state: string; // current, disputed …
}

export interface Decision {
  allowed: boolean;
  view: "full" | "masked" | "cut" | null;
  code: string;
  reason: string;
  remedy: string;
  withheld: string[];
  masked: string[];
  consent: string | null;
  kept_back: string | null;
}

export interface ItemAnswer {
  item: string;
  name: string;
  source_status: string;
  decision: Decision;
  rows: number;
  version: number | null;
  updated_at: string | null;
  records: Fact[];
}

/** What an inquiry is answered. The interface describes it as an open object, so its shape is stated here. */
export interface InquiryAnswer {
  inquiry: string;
  leaf: number;
  repeated: boolean;
  subject: {
    code: string | null;
    old_number: string | null;
    name: string;
    kind: string;
    division: string | null;
    industry: string | null;
    status: string | null;
    size_class: string | null;
  };
  purpose: string;
  as_of: string | null;
  answered_at: string;
  items: ItemAnswer[];
}

/** Which lines of who read what; `since`, `until`: days, both included; `others`: not what firms read of themselves. */
export interface InquiryFilter {
  subject?: string;
  member?: string;
  consent?: string;
  purpose?: string;
  since?: string;
  until?: string;
  others?: boolean;
}

const lines = (filter: InquiryFilter, before: number | null, page_size: number) =>
  got(api.GET("/v1/inquiries", { params: { query: { ...filter, before, page_size } } }));

export type InquiryLine = Awaited<ReturnType<typeof lines>>[number];

/** The newest lines. */
export const inquiriesBy = (filter: InquiryFilter, page_size = 20) =>
  queryOptions({
    queryKey: ["inquiries", filter, page_size],
    queryFn: () => lines(filter, null, page_size),
    staleTime: 0,
  });

/** Lines newest first, with older ones to be added. */
export const olderInquiriesBy = (filter: InquiryFilter, page_size = 50) =>
  infiniteQueryOptions({
    queryKey: ["inquiries", "older", filter, page_size],
    queryFn: ({ pageParam }) => lines(filter, pageParam, page_size),
    staleTime: 0,
    initialPageParam: null as number | null,
    getNextPageParam: (last) => (last.length < page_size ? undefined : (last.at(-1)?.leaf ?? undefined)),
  });

/**
 * What is known of the caller's own firm, `asOf` the end of a day or now. Each look is recorded as evidence: what was
 * loaded is kept for a while.
 */
export const ownFileOf = (subject: string, asOf: string) =>
  queryOptions({
    queryKey: ["information", subject, asOf],
    queryFn: async () =>
      (await got(
        api.GET("/v1/subjects/{code}/information", {
          params: {
            path: { code: subject },
            query: { purpose: "own", ...(asOf === "" ? {} : { as_of: asOf }) },
          },
        }),
      )) as unknown as InquiryAnswer,
    staleTime: 300_000,
  });

/** Asks about a subject; the same key is one inquiry, however often it is sent. */
export const inquire = async (
  asked: { subject: string; purpose: string; items?: string[]; as_of?: string; reference?: string },
  key: string,
) =>
  (await got(
    api.POST("/v1/inquiries", { params: { header: { "idempotency-key": key } }, body: asked }),
  )) as unknown as InquiryAnswer;

const definition = (item: string) => got(api.GET("/v1/catalogue/{item}", { params: { path: { item } } }));

/** An item as the catalogue defines it: names, units and codes of its fields. */
export type ItemDefinition = Awaited<ReturnType<typeof definition>>;
export type FieldDefinition = ItemDefinition["fields"][number];

export const definitionOf = (item: string) =>
  queryOptions({
    queryKey: ["catalogue", item],
    queryFn: () => definition(item),
    staleTime: 600_000,
  });
