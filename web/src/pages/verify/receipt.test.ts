import { expect, test } from "vitest";

import { examine, readReceipt, type Receipt } from "./receipt";

// Made by the node's own code (ledger/receipts.py): the third leaf of seven.
const receipt: Receipt = {
  form: "xinshu-receipt-1",
  suite: "intl",
  leaf: '{"about":{"number":2},"at":"2026-06-01T02:00:00.000+00:00","kind":"inquiry","member":null,"principal":null,"subject":null,"v":1}',
  index: 2,
  checkpoint:
    "xinshu/320000\n7\naTTmXmWnNI1KQ9YGyR+6AZBtubwHnfnnkdpVxnr7DOE=\ntime 2026-06-01T02:00:00+00:00\n\n— xinshu/320000 Lr3xawS9sCJ9sgIQFYyyIGJ4h72NarW/ip/9c+B0ITI9Kgb8b2giFw2W/pwI4qHW4gcTOaRo5Yhbsb8BlGiFkUl1xgY=\n",
  proof: [
    "8XDQSt7UviCqyK4KzTzh0ByP2TdPKgRLciUoYc04IOQ=",
    "wpd3WI3SPZEHASDiK2KIFIhpirGvTpcFeo3BicpWf1g=",
    "vwNDnx12keUy4DQu/FgDCvebcOe69Vgqz1C0vhU6FCA=",
  ],
  public_key:
    "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAlCkFNUj/x1N0q7PxX9jgv+PyeFAGMeV9tDwHwJtgsaw=\n-----END PUBLIC KEY-----\n",
};
const stranger =
  "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEA8kTyIFz+yaJci/kU04akI5YgdxZAk/hAyESRMKLvgQo=\n-----END PUBLIC KEY-----\n";
const all = { key: "holds", signature: "holds", inclusion: "holds" };

test("a receipt of the node holds", async () => {
  expect(await examine(receipt, receipt.public_key)).toEqual(all);
});

test.each([
  ["content", { leaf: receipt.leaf.replace("2}", "3}") }, "inclusion"],
  ["place", { index: 3 }, "inclusion"],
  ["place beyond the tree", { index: 7 }, "inclusion"],
  ["place below", { index: -1 }, "inclusion"],
  ["proof cut short", { proof: receipt.proof.slice(1) }, "inclusion"],
  ["proof too long", { proof: [...receipt.proof, ...receipt.proof] }, "inclusion"],
  ["proof of nonsense", { proof: ["?", "?", "?"] }, "inclusion"],
  ["size", { checkpoint: receipt.checkpoint.replace("\n7\n", "\n8\n") }, "signature"],
  ["signature gone", { checkpoint: receipt.checkpoint.split("\n\n")[0] ?? "" }, "signature"],
])("an altered %s is found", async (_, change, where) => {
  const found = await examine({ ...receipt, ...change }, receipt.public_key);
  expect(found).toHaveProperty(where, "fails");
});

test("a key of another is found, whatever the receipt says of itself", async () => {
  expect(await examine(receipt, stranger)).toEqual({ key: "fails", signature: "fails", inclusion: "holds" });
});

test("state cryptography is left to the platform, and said so", async () => {
  const found = await examine({ ...receipt, suite: "gm" }, receipt.public_key);
  expect(found).toEqual({ key: "holds", signature: "cannot", inclusion: "cannot", because: "gm" });
});

test("what is no receipt is not read", () => {
  const wrong = { ...receipt, index: "2" };
  for (const text of [
    "",
    "[]",
    "null",
    "{}",
    '"text"',
    JSON.stringify(wrong),
    JSON.stringify({ ...receipt, proof: [1] }),
  ])
    expect(readReceipt(text)).toBeNull();
  expect(readReceipt(JSON.stringify(receipt))).toEqual(receipt);
});
