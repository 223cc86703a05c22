import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";

import { api, got } from "./client";
import type { paths } from "./schema";

export type Criteria = paths["/v1/screenings"]["post"]["requestBody"]["content"]["application/json"];
export type Fact = NonNullable<Criteria["facts"]>[number];

export const FOUND_PAGE = 50;

const run = (criteria: Criteria) => got(api.POST("/v1/screenings", { body: criteria }));
const page = (before: number | null) =>
  got(api.GET("/v1/screenings", { params: { query: { before, page_size: 20 } } }));
const one = (screening_id: string) =>
  got(api.GET("/v1/screenings/{screening_id}", { params: { path: { screening_id } } }));

export const readFound = (screening_id: string, skip: number, page_size: number) =>
  got(
    api.GET("/v1/screenings/{screening_id}/subjects", {
      params: { path: { screening_id }, query: { skip, page_size } },
    }),
  );

export type Screening = Awaited<ReturnType<typeof one>>;
export type Found = Awaited<ReturnType<typeof readFound>>["subjects"][number];

export const runScreening = run;

export const screeningsNewestFirst = infiniteQueryOptions({
  queryKey: ["screenings"],
  queryFn: ({ pageParam }) => page(pageParam),
  initialPageParam: null as number | null,
  getNextPageParam: (last) => (last.length < 20 ? undefined : (last.at(-1)?.leaf ?? undefined)),
});

export const screeningOf = (id: string) =>
  queryOptions({ queryKey: ["screenings", id], queryFn: () => one(id) });

export const foundOf = (id: string, pageNumber: number) =>
  queryOptions({
    queryKey: ["screenings", id, "subjects", pageNumber],
    queryFn: () => readFound(id, (pageNumber - 1) * FOUND_PAGE, FOUND_PAGE),
    staleTime: 600_000,
  });
