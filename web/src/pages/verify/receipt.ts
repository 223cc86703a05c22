// Verifies a receipt in the browser, as `ledger/receipts.py` does: RFC 9162 inclusion under a checkpoint in the form of
// C2SP tlog-checkpoint. Nothing of the receipt leaves the browser for this.

export interface Receipt {
  form: string;
  suite: string;
  leaf: string;
  index: number;
  checkpoint: string;
  proof: string[];
  public_key: string;
}

export type Outcome = "holds" | "fails" | "cannot";

export interface Findings {
  key: Outcome; // the receipt's key is the published one
  signature: Outcome;
  inclusion: Outcome;
  because?: "gm" | "old"; // why something cannot be checked here
}

type Bytes = Uint8Array<ArrayBuffer>;

export const RECEIPT_MAX = 200_000; // bytes

/** The receipt in a text; null when it is none. */
export function readReceipt(text: string): Receipt | null {
  let given: unknown;
  try {
    given = JSON.parse(text);
  } catch {
    return null;
  }
  return isReceipt(given) ? given : null;
}

function isReceipt(given: unknown): given is Receipt {
  if (typeof given !== "object" || given === null) return false;
  const one = given as Record<string, unknown>;
  const texts = ["form", "suite", "leaf", "checkpoint", "public_key"];
  return (
    texts.every((name) => typeof one[name] === "string") &&
    Number.isSafeInteger(one["index"]) &&
    Array.isArray(one["proof"]) &&
    one["proof"].every((step) => typeof step === "string")
  );
}

/** What this browser finds out about a receipt, given the key that the platform publishes (PEM). */
export async function examine(receipt: Receipt, published: string): Promise<Findings> {
  const key: Outcome = pem(receipt.public_key) === pem(published) ? "holds" : "fails";
  if (receipt.suite !== "intl") return { key, signature: "cannot", inclusion: "cannot", because: "gm" };
  const subtle = globalThis.crypto?.subtle as SubtleCrypto | undefined; // absent where the page came unencrypted
  if (subtle === undefined) return { key, signature: "cannot", inclusion: "cannot", because: "old" };
  const signature = await signed(subtle, receipt.checkpoint, published);
  const inclusion = (await included(subtle, receipt)) ? "holds" : "fails";
  return { key, signature, inclusion, ...(signature === "cannot" && { because: "old" as const }) };
}

/** Whether the note carries a signature of the key over its body. */
async function signed(subtle: SubtleCrypto, note: string, published: string): Promise<Outcome> {
  const cut = note.indexOf("\n\n");
  if (cut < 0) return "fails";
  const body = new TextEncoder().encode(note.slice(0, cut + 1));
  let key: CryptoKey;
  try {
    key = await subtle.importKey("spki", base64(pem(published)), "Ed25519", false, ["verify"]);
  } catch (thrown) {
    return thrown instanceof DOMException && thrown.name === "NotSupportedError" ? "cannot" : "fails";
  }
  for (const line of note.slice(cut + 2).split("\n")) {
    const [dash, , encoded] = line.split(" ");
    if (dash !== "—" || encoded === undefined) continue;
    const raw = tryBase64(encoded);
    if (raw !== null && (await subtle.verify("Ed25519", key, raw.slice(4), body))) return "holds";
  }
  return "fails";
}

/** Whether the proof leads from the content to the root in the checkpoint (RFC 9162, 2.1.3.2). */
async function included(subtle: SubtleCrypto, receipt: Receipt): Promise<boolean> {
  const [, size = "", root = ""] = receipt.checkpoint.split("\n");
  const steps = receipt.proof.map(tryBase64);
  const wanted = tryBase64(root);
  if (wanted === null || !/^\d{1,18}$/.test(size)) return false;
  let place = BigInt(receipt.index);
  let last = BigInt(size) - 1n;
  if (place < 0n || place > last) return false;
  const hash = async (...parts: Bytes[]) => new Uint8Array(await subtle.digest("SHA-256", joined(parts)));
  let found: Bytes = await hash(Uint8Array.of(0), new TextEncoder().encode(receipt.leaf));
  for (const step of steps) {
    if (step === null || last === 0n) return false;
    if (place % 2n === 1n || place === last) {
      found = await hash(Uint8Array.of(1), step, found);
      while (place % 2n === 0n && place !== 0n) {
        place /= 2n;
        last /= 2n;
      }
    } else {
      found = await hash(Uint8Array.of(1), found, step);
    }
    place /= 2n;
    last /= 2n;
  }
  return last === 0n && found.length === wanted.length && found.every((byte, i) => byte === wanted[i]);
}

function joined(parts: Bytes[]): Bytes {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** What stands between the lines of a PEM. */
function pem(text: string): string {
  return text.replace(/-----[A-Z ]+-----/g, "").replace(/\s+/g, "");
}

function base64(text: string): Bytes {
  return Uint8Array.from(atob(text), (one) => one.charCodeAt(0));
}

function tryBase64(text: string): Bytes | null {
  try {
    return base64(text);
  } catch {
    return null;
  }
}
