import { describe, expect, it } from "vitest";

import { signatureText } from "./proof";

describe("signatureText", () => {
  it("takes base64 as it is, lines joined", () => {
    const text = btoa("x".repeat(64));
    const lines = `${text.slice(0, 64)}\n${text.slice(64)}\n`;
    expect(signatureText(new TextEncoder().encode(lines))).toBe(text);
  });

  it("writes bytes as base64", () => {
    const bytes = Uint8Array.from({ length: 64 }, (_, i) => (i * 37) % 256);
    expect(atob(signatureText(bytes))).toHaveLength(64);
  });
});
