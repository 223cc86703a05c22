import { queryOptions } from "@tanstack/react-query";

import { api, got } from "./client";

/** What of the subject base is looked for; empty filters do not limit. */
export interface SubjectSearch {
  q: string;
  division: string;
  kind: string;
  size_class: string;
  page: number;
}

export const SUBJECTS_PAGE = 20;

const search = ({ page, ...filters }: SubjectSearch, page_size = SUBJECTS_PAGE) => {
  const given = Object.fromEntries(Object.entries(filters).filter(([, value]) => value !== ""));
  return got(api.GET("/v1/subjects", { params: { query: { ...given, page, page_size } } }));
};
const one = (code: string) => got(api.GET("/v1/subjects/{code}", { params: { path: { code } } }));

export type SubjectLine = Awaited<ReturnType<typeof search>>["items"][number];
export type Subject = Awaited<ReturnType<typeof one>>;

export const readSubjects = search;

export const subjectsBy = (asked: SubjectSearch) =>
  queryOptions({ queryKey: ["subjects", asked], queryFn: () => search(asked) });

export const subjectOf = (code: string) =>
  queryOptions({ queryKey: ["subjects", "one", code], queryFn: () => one(code), staleTime: 60_000 });
