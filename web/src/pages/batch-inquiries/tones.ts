import type { InquiryBatch } from "../../api/batchInquiries";
import type { Tone } from "../../parts/State";

export const TONES: Record<InquiryBatch["state"], Tone> = {
  waiting: "calm",
  running: "accent",
  finished: "good",
  cancelled: "calm",
  stopped: "bad",
};
