import { describe, expect, it } from "vitest";

import { publicKeyIn } from "./jwk";

describe("publicKeyIn", () => {
  it("takes a public key as it is", () => {
    expect(publicKeyIn('{"kty":"EC","crv":"P-256","x":"a","y":"b"}')).toEqual({
      kty: "EC",
      crv: "P-256",
      x: "a",
      y: "b",
    });
  });

  it("stops private keys before they are sent", () => {
    for (const text of ['{"kty":"EC","d":"x"}', '{"kty":"RSA","p":"x"}', '{"kty":"oct","k":"x"}']) {
      expect(publicKeyIn(text)).toBe("private");
    }
  });

  it("tells what is no key at all", () => {
    for (const text of ["", "[]", "null", "3", "-----BEGIN PUBLIC KEY-----"])
      expect(publicKeyIn(text)).toBe("wrong");
  });
});
