import { describe, expect, it } from "vitest";

import { askerOf, outcomeOf } from "./outcome";

describe("outcome of an inquiry", () => {
  it("counts what was given", () => {
    expect(outcomeOf({ items: { "1": "open_information", "17": "consented" } })).toEqual({
      given: 2,
      all: 2,
      tone: "good",
    });
    expect(outcomeOf({ items: { "1": "open_information", "17": "consent_missing" } })).toMatchObject({
      given: 1,
      tone: "wait",
    });
    expect(outcomeOf({ items: { "17": "consent_revoked" } })).toMatchObject({ given: 0, tone: "bad" });
  });

  it("knows persons, systems and pushes", () => {
    expect(askerOf("account:1")).toBe("person");
    expect(askerOf("client:xs-1")).toBe("system");
    expect(askerOf("subscription:1")).toBe("push");
  });
});
