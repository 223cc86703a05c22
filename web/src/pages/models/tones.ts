import type { Grade, Model } from "../../api/evaluationDesk";
import type { Tone } from "../../parts/State";

/** The life of a version, in order. */
export const STATES = ["draft", "validated", "approved", "in_force", "retired"] as const;
export type ModelState = (typeof STATES)[number];

export const MODEL_TONES: Readonly<Record<string, Tone>> = {
  draft: "calm",
  validated: "wait",
  approved: "accent",
  in_force: "good",
  retired: "calm",
};

export const GRADES: readonly Grade[] = ["优", "良", "中", "差"];

export const GRADE_TONES: Readonly<Record<string, Tone>> = {
  优: "good",
  良: "accent",
  中: "wait",
  差: "bad",
};

export interface Step {
  state: ModelState;
  standing: "done" | "now" | "ahead" | "skipped";
  by: string | null;
  at: string | null;
}

/** Which steps a version has taken, by whom and when; a version may be retired from anywhere. */
export function stepsOf(model: Model): Step[] {
  const taken: Readonly<Record<ModelState, [string | null, string | null]>> = {
    draft: [model.created_by, model.created_at],
    validated: [model.validated_by, model.validated_at],
    approved: [model.approved_by, model.approved_at],
    in_force: [model.started_by, model.started_at],
    retired: [model.retired_by, model.retired_at],
  };
  const isOver = model.state === "retired";
  return STATES.map((state) => {
    const [by, at] = taken[state];
    const standing = state === model.state ? "now" : at !== null ? "done" : isOver ? "skipped" : "ahead";
    return { state, standing, by, at };
  });
}

/** Whether the person made or validated the version: then somebody else approves it. */
export function hasHandIn(model: Model, person: string): boolean {
  return person === model.created_by || person === model.validated_by;
}
