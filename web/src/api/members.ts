import { queryOptions } from "@tanstack/react-query";

import { api, got } from "./client";
import type { MemberKind, MemberState } from "./types";

/** What is asked of a kind of member. The interface describes it as an open object, so its shape is stated here. */
export interface Asked {
  version: string;
  basis: string[];
  documents: Record<string, string>;
  conditions: { id: string; zh: string; en: string; at: MemberState; remedy: string }[];
}

const path = (member_id: string) => ({ params: { path: { member_id } } });

export const memberOf = (id: string) =>
  queryOptions({
    queryKey: ["member", id],
    queryFn: () => got(api.GET("/v1/members/{member_id}", path(id))),
  });

export const branchesOf = (parent: string) =>
  queryOptions({
    queryKey: ["branches", parent],
    queryFn: () => got(api.GET("/v1/members", { params: { query: { parent, page_size: 100 } } })),
  });

export const checklistOf = (id: string) =>
  queryOptions({
    queryKey: ["member", id, "checklist"],
    queryFn: () => got(api.GET("/v1/members/{member_id}/checklist", path(id))),
  });

export const stepsOf = (id: string) =>
  queryOptions({
    queryKey: ["member", id, "steps"],
    queryFn: () => got(api.GET("/v1/members/{member_id}/steps", path(id))),
  });

export const documentsOf = (id: string) =>
  queryOptions({
    queryKey: ["member", id, "documents"],
    queryFn: () => got(api.GET("/v1/members/{member_id}/documents", path(id))),
  });

export const agreementsOf = (id: string) =>
  queryOptions({
    queryKey: ["member", id, "agreements"],
    queryFn: () => got(api.GET("/v1/members/{member_id}/agreements", path(id))),
  });

export const contactsOf = (id: string) =>
  queryOptions({
    queryKey: ["member", id, "contacts"],
    queryFn: () => got(api.GET("/v1/members/{member_id}/contacts", path(id))),
  });

export const changesOf = (id: string) =>
  queryOptions({
    queryKey: ["member", id, "changes"],
    queryFn: () => got(api.GET("/v1/members/{member_id}/changes", path(id))),
  });

export const askedOf = (kind: MemberKind) =>
  queryOptions({
    queryKey: ["onboarding", kind],
    queryFn: async () =>
      (await got(api.GET("/v1/onboarding/{kind}", { params: { path: { kind } } }))) as unknown as Asked,
    staleTime: 600_000,
  });

export const textOf = (agreement: string, version: string) =>
  queryOptions({
    queryKey: ["agreement", agreement, version],
    queryFn: async () =>
      (await got(
        api.GET("/v1/agreements/{agreement}/{version}", { params: { path: { agreement, version } } }),
      )) as unknown as { title: string; text: string; text_sha256: string },
    staleTime: Infinity,
  });
