import { expect, it } from "vitest";

import { safeNext } from "./next";

it("goes on inside the application only", () => {
  expect(safeNext("/onboarding?state=applied")).toBe("/onboarding?state=applied");
  for (const given of [
    null,
    "",
    "//evil.test",
    "/\\evil.test",
    "https://evil.test",
    "javascript:alert(1)",
    "/sign-in",
  ]) {
    expect(safeNext(given)).toBe("/home");
  }
});
