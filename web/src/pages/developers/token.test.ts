import { describe, expect, it } from "vitest";

import { claimsOf } from "./token";

const token = (claims: object) =>
  `e30.${btoa(JSON.stringify(claims)).replace(/\+/g, "-").replace(/\//g, "_").replace(/=/g, "")}.c2ln`;

describe("an access token", () => {
  it("says whose it is and how long it holds", () => {
    const claims = {
      client_id: "c-1",
      scope: "institution-system x",
      exp: 1_780_279_200,
      sandbox: true,
      cnf: {},
    };
    expect(claimsOf(`Bearer ${token(claims)}`)).toEqual({
      client: "c-1",
      roles: ["institution-system", "x"],
      until: new Date("2026-06-01T02:00:00Z"),
      isSandbox: true,
      isBound: true,
    });
  });

  it("is told from what is none", () => {
    expect(claimsOf("")).toBeNull();
    expect(claimsOf("a.b.c")).toBeNull();
    expect(claimsOf("91320111XN00000121")).toBeNull();
    expect(claimsOf(token({ scope: "x" }))).toBeNull();
  });
});
