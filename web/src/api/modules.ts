import { keepPreviousData, queryOptions } from "@tanstack/react-query";

import { api, got } from "./client";
import type { paths } from "./schema";

const open = () => got(api.GET("/v1/public/modules"));
const list = () => got(api.GET("/v1/modules"));
const one = (id: string) => got(api.GET("/v1/modules/{id}", { params: { path: { id } } }));
const statistics = (id: string) => got(api.GET("/v1/modules/{id}/statistics", { params: { path: { id } } }));
const leaders = (id: string, skip: number, page_size: number) =>
  got(api.GET("/v1/modules/{id}/circles", { params: { path: { id }, query: { skip, page_size } } }));
const circle = (id: string, leader: string) =>
  got(api.GET("/v1/modules/{id}/circles/{leader}", { params: { path: { id, leader } } }));

export type SubjectsQuery = NonNullable<paths["/v1/modules/{id}/subjects"]["get"]["parameters"]["query"]>;
export const readSubjects = (id: string, query: SubjectsQuery) =>
  got(api.GET("/v1/modules/{id}/subjects", { params: { path: { id }, query } }));
export const giveOut = (id: string, list_id: string) =>
  got(api.POST("/v1/modules/{id}/lists/{list_id}", { params: { path: { id, list_id } } }));

interface Text {
  zh: string;
  en: string;
}

/** What a module declares (`xinshu.modules.model.ModuleFile`), as far as its page says it. */
export interface Declared {
  classification: {
    kinds: string[];
    certain: string[];
    member: number;
    possible: number;
    parts: { id: string; name: Text; codes: { full: string[]; partial: string[] } }[];
    signs: { item: string; label: string; points: number }[];
  };
  lists: { id: string; name: Text; criteria: Criteria; most: number }[];
  filter: Criteria;
  page: { title: Text; intro: Text; figures: string[]; columns: string[] };
  circles: { relations: { name: Text }[]; leaders: { related: number }; steps: number } | null;
}

/** What must hold of a subject; empty lists ask nothing. */
export interface Criteria {
  degrees: string[];
  parts: string[];
  kinds: string[];
  sizes: string[];
  divisions: string[];
  statuses: string[];
  grades: string[];
  indicators: { indicator: string; op: "eq" | "ne" | "lt" | "le" | "gt" | "ge"; value: number | string }[];
}

/** A circle around a chain leader. The interface describes it as an open object, so its shape is stated here. */
export interface Circle {
  leaf: number;
  leader: { code: string; name: string; signs: string[] };
  truncated: boolean;
  members: { code: string; name: string; step: number; division: string | null; industry: string | null }[];
  links: { of: string; other: string; kind: string; item: string; name: string }[];
  withheld: string[];
}

export type PublicModule = Awaited<ReturnType<typeof open>>[number];
export type ModuleInShort = Awaited<ReturnType<typeof list>>[number];
export type Module = Omit<Awaited<ReturnType<typeof one>>, "definition"> & { definition: Declared };
export type Member = Awaited<ReturnType<typeof readSubjects>>["subjects"][number];
export type Fall = Awaited<ReturnType<typeof statistics>>[number];
export type Leader = Awaited<ReturnType<typeof leaders>>[number];
export type ListGiven = Awaited<ReturnType<typeof giveOut>>;

/** For visitors: no firms. */
export const publicModules = queryOptions({
  queryKey: ["public-modules"],
  queryFn: open,
  staleTime: 60_000,
});

export const modules = queryOptions({ queryKey: ["modules"], queryFn: list, staleTime: 60_000 });

export const moduleOf = (id: string) =>
  queryOptions({
    queryKey: ["modules", id],
    queryFn: async () => (await one(id)) as unknown as Module,
    staleTime: 60_000,
  });

export const statisticsOf = (id: string) =>
  queryOptions({ queryKey: ["modules", id, "statistics"], queryFn: () => statistics(id) });

export const subjectsOf = (id: string, query: SubjectsQuery) =>
  queryOptions({
    queryKey: ["modules", id, "subjects", query],
    queryFn: () => readSubjects(id, query),
    placeholderData: keepPreviousData,
  });

export const leadersOf = (id: string) =>
  queryOptions({ queryKey: ["modules", id, "leaders"], queryFn: () => leaders(id, 0, 50) });

export const circleOf = (id: string, leader: string) =>
  queryOptions({
    queryKey: ["modules", id, "circle", leader],
    queryFn: async () => (await circle(id, leader)) as unknown as Circle,
    staleTime: 60_000,
  });
