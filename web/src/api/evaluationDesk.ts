import { keepPreviousData, queryOptions } from "@tanstack/react-query";

import { api, got } from "./client";
import type { paths } from "./schema";

/** The interface names defaults for what a document may leave out; an answer has all of it. */
type Whole<T> = T extends object ? { [K in keyof T]-?: Whole<T[K]> } : T;

const readIndicators = () => got(api.GET("/v1/indicators"));
const readModels = () => got(api.GET("/v1/evaluation-models"));
const readModel = (id: string, version: string) =>
  got(api.GET("/v1/evaluation-models/{id}/{version}", step(id, version)));
const readMonths = (id: string, version: string) =>
  got(api.GET("/v1/evaluation-models/{id}/{version}/monitoring", step(id, version)));
const readMeasured = (id: string, version: string) =>
  got(api.GET("/v1/evaluation-models/{id}/{version}/validation", step(id, version)));
const readDifferences = (id: string, version: string, other: string) =>
  got(
    api.GET("/v1/evaluation-models/{id}/{version}/difference", {
      params: { path: { id, version }, query: { with: other } },
    }),
  );
const readParts = (model: string) =>
  got(api.GET("/v1/evaluations/distribution", { params: { query: { model } } }));
const readRuns = () => got(api.GET("/v1/evaluation-runs", { params: { query: { page_size: 50 } } }));
const reading = (text: string) => got(api.POST("/v1/evaluation-models/reading", { body: { text } }));

function step(id: string, version: string) {
  return { params: { path: { id, version } } };
}

type ModelAnswer = Awaited<ReturnType<typeof readModel>>;

export type Indicator = Awaited<ReturnType<typeof readIndicators>>[number];
export type Document = Whole<ModelAnswer["document"]>;
/** A version; every answer has its whole document. */
export type Model = Omit<ModelAnswer, "document"> & { document: Document };
export type DraftRead = Awaited<ReturnType<typeof reading>>;
export type DraftDocument =
  paths["/v1/evaluation-models"]["post"]["requestBody"]["content"]["application/json"];
export type Scored = Document["dimensions"][number]["indicators"][number];
export type Validation =
  paths["/v1/evaluation-models/{id}/{version}/validation"]["post"]["requestBody"]["content"]["application/json"];
export type Month = Awaited<ReturnType<typeof readMonths>>[number];
export type Measured = Awaited<ReturnType<typeof readMeasured>>;
export type Difference = Awaited<ReturnType<typeof readDifferences>>["differences"][number];
export type Part = Awaited<ReturnType<typeof readParts>>[number];
export type Run = Awaited<ReturnType<typeof readRuns>>[number];
export type Grade = Document["grades"][number]["grade"];
export type ListQuery = paths["/v1/evaluations"]["get"]["parameters"]["query"];

const MODELS = ["evaluation-models"] as const;
/** What is stale after a step of a model. */
export const AFTER_STEP = [MODELS, ["tasks"], ["evaluations"]] as const;

/** Every indicator as it is computed. */
export const indicators = queryOptions({
  queryKey: ["indicators"],
  queryFn: readIndicators,
  staleTime: 600_000,
});

/** Every version of every model, newest of each first. */
export const models = queryOptions({
  queryKey: MODELS,
  queryFn: async () => (await readModels()) as Model[],
});

export const modelOf = (id: string, version: string) =>
  queryOptions({
    queryKey: [...MODELS, id, version],
    queryFn: async () => (await readModel(id, version)) as Model,
  });

export const monthsOf = (id: string, version: string) =>
  queryOptions({ queryKey: [...MODELS, id, version, "months"], queryFn: () => readMonths(id, version) });

/** What a validation measured, for charts. */
export const measuredOf = (id: string, version: string) =>
  queryOptions({ queryKey: [...MODELS, id, version, "measured"], queryFn: () => readMeasured(id, version) });

export const differencesOf = (id: string, version: string, other: string) =>
  queryOptions({
    queryKey: [...MODELS, id, version, "differences", other],
    queryFn: () => readDifferences(id, version, other),
    staleTime: Infinity, // versions never change
  });

/** What the node reads in a text that is to become a model; nothing is kept. */
export const readDraft = reading;

export const createModel = (body: DraftDocument) => got(api.POST("/v1/evaluation-models", { body }));
export const validateModel = (id: string, version: string, body: Validation) =>
  got(api.POST("/v1/evaluation-models/{id}/{version}/validation", { ...step(id, version), body }));
export const approveModel = (id: string, version: string) =>
  got(api.POST("/v1/evaluation-models/{id}/{version}/approval", step(id, version)));
export const startModel = (id: string, version: string) =>
  got(api.POST("/v1/evaluation-models/{id}/{version}/start", step(id, version)));
export const retireModel = (id: string, version: string) =>
  got(api.POST("/v1/evaluation-models/{id}/{version}/retirement", step(id, version)));

/** How the grades of a model fall over cities, sizes, sections and kinds. */
export const partsOf = (model: string) =>
  queryOptions({ queryKey: ["evaluations", "parts", model], queryFn: () => readParts(model) });

export const readResults = (query: ListQuery) => got(api.GET("/v1/evaluations", { params: { query } }));
export type Result = Awaited<ReturnType<typeof readResults>>[number];

export const resultsOf = (query: ListQuery) =>
  queryOptions({
    queryKey: ["evaluations", "list", query],
    queryFn: () => readResults(query),
    placeholderData: keepPreviousData,
  });

/** Runs, newest first; looked at more often while one is under way. */
export const runs = queryOptions({
  queryKey: ["evaluations", "runs"],
  queryFn: readRuns,
  refetchInterval: ({ state }) => (state.data?.some((run) => run.finished_at === null) ? 3_000 : 30_000),
});

export const askRun = (kind: "full" | "touched") => got(api.POST("/v1/evaluation-runs", { body: { kind } }));
