import type { Health } from "../../api/health";
import type { Tone } from "../../parts/State";

export const TONES: Readonly<Record<Health["state"], Tone>> = {
  good: "good",
  attention: "wait",
  bad: "bad",
  unknown: "calm",
};
