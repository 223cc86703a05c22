// Signed checkpoints in the form of C2SP `tlog-checkpoint` and `signed-note`, and their signature by Ed25519.

import { fromBase64, same, toHex } from "./merkle";

type Bytes = Uint8Array<ArrayBuffer>;

export interface Checkpoint {
  origin: string;
  size: number;
  root: Bytes;
  at: string | null; // as an extension line says
  body: Bytes; // what is signed
  signatures: { name: string; keyHash: Bytes; signature: Bytes }[];
}

const DASH = "\u2014";
const SPKI_PREFIX = 12; // bytes of an Ed25519 SubjectPublicKeyInfo before the key itself
const HASH = 4; // bytes of a signature line by which the key is found

/** The checkpoint of a note; null for a text that is none. Its signature is looked at by `isSignedBy`. */
export function readNote(note: string): Checkpoint | null {
  const end = note.indexOf("\n\n");
  if (end < 0) return null;
  const body = note.slice(0, end + 1);
  const [origin, size, root, ...extensions] = body.split("\n");
  if (origin === undefined || size === undefined || root === undefined || !/^(0|[1-9]\d*)$/.test(size))
    return null;
  try {
    const signatures = note
      .slice(end + 2)
      .split("\n")
      .filter((line) => line.startsWith(`${DASH} `))
      .map((line) => {
        const [, name = "", encoded = ""] = line.split(" ");
        const raw = fromBase64(encoded);
        return { name, keyHash: raw.slice(0, HASH), signature: raw.slice(HASH) };
      });
    const at = extensions.find((line) => line.startsWith("time "))?.slice(5) ?? null;
    const decoded = fromBase64(root);
    if (decoded.length !== 32) return null;
    return {
      origin,
      size: Number(size),
      root: decoded,
      at,
      body: new TextEncoder().encode(body),
      signatures,
    };
  } catch {
    return null; // not base64
  }
}

export type SignatureCheck = "good" | "bad" | "unsupported";

/** Whether the key (PEM, Ed25519) signed the checkpoint; `unsupported` where the browser cannot say. */
export async function isSignedBy(checkpoint: Checkpoint, pem: string): Promise<SignatureCheck> {
  const der = fromPem(pem);
  let key: CryptoKey;
  try {
    key = await crypto.subtle.importKey("spki", der, "Ed25519", false, ["verify"]);
  } catch {
    return "unsupported";
  }
  for (const { name, keyHash, signature } of checkpoint.signatures) {
    const named = await hashOf(name, der.slice(SPKI_PREFIX));
    if (same(keyHash, named))
      return (await crypto.subtle.verify("Ed25519", key, signature, checkpoint.body)) ? "good" : "bad";
  }
  return "bad";
}

/** The first bytes of SHA-256(name ‖ newline ‖ 0x01 ‖ key): by which a signature line names its key. */
async function hashOf(name: string, raw: Bytes): Promise<Bytes> {
  const head = new TextEncoder().encode(`${name}\n\u0001`);
  const data = new Uint8Array(head.length + raw.length);
  data.set(head);
  data.set(raw, head.length);
  return new Uint8Array(await crypto.subtle.digest("SHA-256", data)).slice(0, HASH);
}

function fromPem(pem: string): Bytes {
  return fromBase64(pem.replace(/-----[^-]+-----|\s/g, ""));
}

/** How a hash is shown where there is little room. */
export function shortHash(bytes: Bytes): string {
  return toHex(bytes).slice(0, 10);
}
