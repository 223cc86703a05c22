import { describe, expect, it } from "vitest";

import type { InquiryLine } from "../../api/inquiries";
import { byDay, givenIn } from "./days";

const at = (moment: string, leaf: number) => ({ at: moment, leaf }) as InquiryLine;

describe("byDay", () => {
  it("follows the days of China, not of the browser", () => {
    const days = byDay([
      at("2026-06-01T16:30:00Z", 3),
      at("2026-06-01T15:30:00Z", 2),
      at("2026-06-01T02:00:00Z", 1),
    ]);
    expect(days.map(({ day, lines }) => [day, lines.map(({ leaf }) => leaf)])).toEqual([
      ["2026-06-02", [3]],
      ["2026-06-01", [2, 1]],
    ]);
  });
});

describe("givenIn", () => {
  it("tells what was given by authorisation, what is open and what was refused", () => {
    expect(
      givenIn({
        "19": "consent_paused",
        "17": "consented",
        "1": "open_information",
        "2": "own_information",
        "4": "verified",
      }),
    ).toEqual({
      consented: ["17"],
      open: ["1", "2"],
      verified: ["4"],
      refused: [["19", "consent_paused"]],
    });
  });
});
