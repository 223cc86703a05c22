import { describe, expect, it } from "vitest";

import type { Receipt } from "../../api/ledgerExplorer";
import { leafHash, nodeHash, sha256, toHex } from "./merkle";
import { verifyReceipt } from "./verify";

const base64 = (bytes: Uint8Array) => btoa(String.fromCharCode(...bytes));
const text = (words: string) => new TextEncoder().encode(words);

/** A receipt of the second of two entries, with a key made for it. */
async function made(): Promise<{ receipt: Receipt; shown: string; key: string }> {
  const pair = (await crypto.subtle.generateKey("Ed25519", true, ["sign", "verify"])) as CryptoKeyPair;
  const spki = new Uint8Array(await crypto.subtle.exportKey("spki", pair.publicKey));
  const [one, two] = [await leafHash(sha256, text("{}")), await leafHash(sha256, text('{"v":1}'))];
  const root = await nodeHash(sha256, one, two);
  const body = `xinshu/test\n2\n${base64(root)}\n`;
  const named = await sha256(new Uint8Array([...text("xinshu/test\n\u0001"), ...spki.slice(12)]));
  const signed = new Uint8Array(await crypto.subtle.sign("Ed25519", pair.privateKey, text(body)));
  const line = base64(new Uint8Array([...named.slice(0, 4), ...signed]));
  const key = `-----BEGIN PUBLIC KEY-----\n${base64(spki)}\n-----END PUBLIC KEY-----\n`;
  return {
    receipt: {
      form: "xinshu-receipt-1",
      suite: "intl",
      leaf: '{"v":1}',
      index: 1,
      checkpoint: `${body}\n\u2014 xinshu/test ${line}\n`,
      proof: [base64(one)],
      public_key: key,
    },
    shown: base64(two),
    key,
  };
}

describe("verifying a receipt in the browser", () => {
  it("holds for what is genuine", async () => {
    const { receipt, shown, key } = await made();
    const found = await verifyReceipt(receipt, shown, key);
    expect(found).toMatchObject({ failure: null, signature: "good", size: 2 });
    expect(found.rungs.map((rung) => rung.isLeft)).toEqual([true]);
    expect(toHex(found.rungs[0]?.merged ?? found.leaf)).toBe(toHex(found.root ?? found.leaf));
  });

  it("names what does not hold", async () => {
    const { receipt, shown, key } = await made();
    const failure = async (changes: Partial<Receipt>, by = key, as = shown) =>
      (await verifyReceipt({ ...receipt, ...changes }, as, by)).failure;
    expect(await failure({ leaf: '{"v":2}' })).toBe("leaf");
    expect(await failure({ proof: [shown] })).toBe("path");
    expect(await failure({ proof: [] })).toBe("path");
    expect(await failure({ index: 0 })).toBe("path");
    expect(await failure({ index: 9 })).toBe("path");
    expect(await failure({ checkpoint: "nothing" })).toBe("note");
    expect(await failure({}, (await made()).key)).toBe("signature");
  });
});
