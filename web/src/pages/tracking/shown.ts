import type { ConsentFilter, ConsentState } from "../../api/consents";
import type { Tone } from "../../parts/State";

export type Tab = "waiting" | "inForce" | "ending" | "ended" | "all";
export const TABS: Tab[] = ["waiting", "inForce", "ending", "ended", "all"];

export const STATE_TONES: Record<ConsentState, Tone> = {
  draft: "calm",
  pending: "wait",
  active: "good",
  paused: "wait",
  revoked: "bad",
  exhausted: "calm",
  rejected: "calm",
  expired: "calm",
};

/** The filter of the node that shows what a tab is about; those that need something soonest come first. */
export function filterOf(tab: Tab): ConsentFilter {
  switch (tab) {
    case "waiting":
      return { state: ["pending", "draft"], sort: "ending" };
    case "inForce":
      return { state: ["active", "paused"] };
    case "ending":
      return { state: ["active", "paused"], ending_within_days: 30, sort: "ending" };
    case "ended":
      return { state: ["revoked", "rejected", "expired", "exhausted"] };
    case "all":
      return {};
  }
}

export function tabOf(text: string): Tab {
  return TABS.find((one) => one === text) ?? "waiting";
}
