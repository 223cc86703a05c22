// A credit report as the node writes it: src/xinshu/report/model.py, published at /v1/schemas/report/1.

import type { paths } from "../../api/schema";

/** The interface names defaults for what writers may leave out; an answer has all of it. */
type Whole<T> = T extends readonly (infer E)[]
  ? Whole<E>[]
  : T extends object
    ? { [K in keyof T]-?: Whole<T[K]> }
    : T;

export type Report = Whole<
  paths["/v1/reports/{number}"]["get"]["responses"][200]["content"]["application/json"]
>;
export type ReportSection = Report["sections"][number];
export type ReportItem = ReportSection["parts"][number];
export type ReportColumn = ReportItem["columns"][number];
export type ReportRow = ReportItem["rows"][number];
export type ReportRelation = ReportSection["relations"][number];
export type ReportEvaluation = NonNullable<Report["evaluation"]>;
export type ReportQuality = Report["quality"];
export type Text = ReportSection["title"];
export type Change = ReportRow["change"];
