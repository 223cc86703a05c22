import { describe, expect, it } from "vitest";

import type { ConsentPurpose } from "../../api/consents";
import { lastDayOf, lengthsOf, wishOf } from "./terms";

const purpose = {
  purpose: "pre_loan",
  personal: ["4"],
  limits: { usual_days: 90, max_days: 180, max_months: 60, max_calls: 100 },
} as unknown as ConsentPurpose;
const now = new Date("2026-05-31T17:00:00Z"); // the first of June in China
const terms = { items: ["4", "17"], days: 90, months: 60, calls: null }; // what a form without the other fields gives

describe("terms of a request", () => {
  it("leave out what the purpose has anyway", () => {
    const wish = wishOf("X", purpose, terms, now);
    expect(wish).toMatchObject({ items: { "4": null, "17": null }, personal: [], purpose_note: "" });
    expect(wish).not.toHaveProperty("valid_to");
    expect(wish).not.toHaveProperty("data");
    expect(wish).not.toHaveProperty("max_calls");
  });

  it("say what differs, in days of China", () => {
    const wish = wishOf("X", purpose, { ...terms, days: 30, months: 12, calls: 3, personal: true }, now);
    expect(wish).toMatchObject({
      valid_to: "2026-06-30",
      data: { months: 12 },
      max_calls: 3,
      personal: ["4"],
    });
    expect(lastDayOf(1, now)).toBe("2026-06-01");
  });

  it("offer lengths within the limit", () => {
    expect(lengthsOf(90, 180)).toEqual([7, 30, 60, 90, 180]);
    expect(lengthsOf(7, 30)).toEqual([7, 30]);
  });
});
