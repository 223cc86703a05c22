import { keepPreviousData, queryOptions } from "@tanstack/react-query";

import { api, got } from "./client";
import type { paths } from "./schema";

const ofSubject = (code: string) => ({ path: { code } });
const own = (code: string) =>
  got(
    api.GET("/v1/subjects/{code}/evaluation", { params: { ...ofSubject(code), query: { purpose: "own" } } }),
  );
const course = (code: string, since: string, until: string) =>
  got(
    api.GET("/v1/subjects/{code}/evaluation/course", {
      params: {
        ...ofSubject(code),
        query: {
          purpose: "own",
          ...(since === "" ? {} : { since }),
          ...(until === "" ? {} : { until }),
        },
      },
    }),
  );
const improvements = (code: string) =>
  got(api.GET("/v1/subjects/{code}/evaluation/improvements", { params: ofSubject(code) }));
const model = (id: string, version: string) =>
  got(api.GET("/v1/evaluation-models/{id}/{version}", { params: { path: { id, version } } }));
const objections = (state: ObjectionState | "", page: number) =>
  got(
    api.GET("/v1/evaluation-objections", {
      params: { query: { page, page_size: OBJECTIONS_PAGE, ...(state === "" ? {} : { state }) } },
    }),
  );
const objection = (id: string) =>
  got(api.GET("/v1/evaluation-objections/{id}", { params: { path: { id } } }));

export type Evaluation = Awaited<ReturnType<typeof own>>;
export type Grade = Evaluation["grade"];
export type Reason = Evaluation["reasons"][number];
export type Effect = Reason["effect"];
export type FactBehind = Evaluation["facts"][string][number];
export type IndicatorScore = Evaluation["indicators"][number];
export type EvaluationModel = Awaited<ReturnType<typeof model>>;
export type Course = Awaited<ReturnType<typeof course>>;
export type CourseEntry = Course["entries"][number];
export type Improvements = Awaited<ReturnType<typeof improvements>>;
export type Lift = Improvements["lifts"][number];
export type Step = Improvements["steps"][number];
export type Advice = Step["sources"][number];
export type Objection = Awaited<ReturnType<typeof objections>>["objections"][number];
export type ObjectionState = NonNullable<
  NonNullable<paths["/v1/evaluation-objections"]["get"]["parameters"]["query"]>["state"]
>;
export type ObjectionWish =
  paths["/v1/subjects/{code}/evaluation/objections"]["post"]["requestBody"]["content"]["application/json"];
export const OBJECTIONS_PAGE = 10;

// Each look is recorded as evidence: what was loaded is kept for a while.
const KEPT = 300_000;

/** The evaluation of the caller's own firm. */
export const ownEvaluationOf = (subject: string) =>
  queryOptions({
    queryKey: ["own-evaluation", "now", subject],
    queryFn: () => own(subject),
    staleTime: KEPT,
    retry: false,
  });

/** How it went between two days; empty: all that is kept. */
export const courseOf = (subject: string, since: string, until: string) =>
  queryOptions({
    queryKey: ["own-evaluation", "course", subject, since, until],
    queryFn: () => course(subject, since, until),
    staleTime: KEPT,
  });

/** What the firm could do about it. */
export const improvementsOf = (subject: string) =>
  queryOptions({
    queryKey: ["own-evaluation", "improvements", subject],
    queryFn: () => improvements(subject),
    staleTime: KEPT,
  });

/** A version of a model; it never changes, only its life does. */
export const evaluationModelOf = (id: string, version: string) =>
  queryOptions({
    queryKey: ["evaluation-model", id, version],
    queryFn: () => model(id, version),
    staleTime: 600_000,
  });

/** Objections of the caller's firm. */
export const ownObjections = (state: ObjectionState | "", page: number) =>
  queryOptions({
    queryKey: ["own-evaluation", "objections", state, page],
    queryFn: () => objections(state, page),
    staleTime: 0,
    placeholderData: keepPreviousData,
  });

/** One with its steps; that a decision was read is recorded. */
export const ownObjectionOf = (id: string) =>
  queryOptions({ queryKey: ["own-evaluation", "objection", id], queryFn: () => objection(id), staleTime: 0 });

export const enterObjection = (subject: string, body: ObjectionWish) =>
  got(api.POST("/v1/subjects/{code}/evaluation/objections", { params: ofSubject(subject), body }));

export const withdrawObjection = (id: string) =>
  got(api.POST("/v1/evaluation-objections/{id}/withdrawal", { params: { path: { id } } }));
