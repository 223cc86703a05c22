import { expect, it } from "vitest";

import { shortId } from "./shortId";

it("keeps what tells one from another", () => {
  expect(shortId("account:674a22d0-5197-41fb-94cb-c3c816097b9f")).toEqual({
    kind: "account",
    short: "674a22d0",
  });
  expect(shortId("member:m3huz45bbtqzgdg5k")).toEqual({ kind: "member", short: "m3huz45bbtqzgdg5k" });
  expect(shortId("client:c-abcdefghijklmnop")).toEqual({ kind: "client", short: "c-abcdefghijklmnop" });
  expect(shortId("anonymous")).toEqual({ kind: "anonymous", short: "" });
});
