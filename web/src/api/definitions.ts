import { queryOptions } from "@tanstack/react-query";

import { api, got } from "./client";

const itemPath = (item: string) => ({ path: { item } });
/** The interface names defaults for what files may leave out; an answer has all of it. */
type Whole<T> = T extends object ? { [K in keyof T]-?: Whole<T[K]> } : T;

const one = (item: string) => got(api.GET("/v1/catalogue/{item}", { params: itemPath(item) }));
const versions = (item: string) => got(api.GET("/v1/catalogue/{item}/versions", { params: itemPath(item) }));
const differences = (item: string, from: string, to: string) =>
  got(api.GET("/v1/catalogue/{item}/differences", { params: { ...itemPath(item), query: { from, to } } }));

export type Definition = Whole<Awaited<ReturnType<typeof one>>>;
export type DefinedField = Definition["fields"][number];
export type DefinitionVersion = Awaited<ReturnType<typeof versions>>[number];
export type Difference = Awaited<ReturnType<typeof differences>>[number];

/** An item of the catalogue in force; public. */
export const definition = (item: string) =>
  queryOptions({
    queryKey: ["definition", item],
    queryFn: async () => (await one(item)) as Definition,
    staleTime: 600_000,
  });

export const versionsOf = (item: string) =>
  queryOptions({ queryKey: ["definition", item, "versions"], queryFn: () => versions(item) });

export const differencesOf = (item: string, from: string, to: string) =>
  queryOptions({
    queryKey: ["definition", item, "differences", from, to],
    queryFn: () => differences(item, from, to),
    staleTime: Infinity, // a version never changes
  });
