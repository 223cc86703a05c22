import type { Receipt } from "../../api/ledgerExplorer";
import { climb, fromBase64, leafHash, ProofError, type Rung, same, sha256 } from "./merkle";
import { isSignedBy, readNote, type SignatureCheck } from "./note";

export type Failure = "leaf" | "path" | "signature" | "note";

/** What the browser found out about an entry by itself. */
export interface Verified {
  leaf: Uint8Array<ArrayBuffer>;
  rungs: Rung[];
  root: Uint8Array<ArrayBuffer> | null; // of the checkpoint
  size: number;
  signature: SignatureCheck;
  failure: Failure | null;
}

/**
 * Computes an entry's hash, the way to the root and the checkpoint's signature (`key`: the platform's, PEM). `shown`:
 * the hash that the list shows. For the suite `intl` only: browsers have no SM3.
 */
export async function verifyReceipt(receipt: Receipt, shown: string, key: string): Promise<Verified> {
  const leaf = await leafHash(sha256, new TextEncoder().encode(receipt.leaf));
  const checkpoint = readNote(receipt.checkpoint);
  const nothing: Verified = { leaf, rungs: [], root: null, size: 0, signature: "bad", failure: "note" };
  if (checkpoint === null) return nothing;
  const found: Verified = { ...nothing, root: checkpoint.root, size: checkpoint.size, failure: null };
  if (!same(leaf, fromBase64(shown))) return { ...found, failure: "leaf" };
  try {
    found.rungs = await climb(sha256, receipt.index, checkpoint.size, leaf, receipt.proof.map(fromBase64));
  } catch (thrown) {
    if (thrown instanceof ProofError) return { ...found, failure: "path" };
    throw thrown;
  }
  if (!same(found.rungs.at(-1)?.merged ?? leaf, checkpoint.root)) return { ...found, failure: "path" };
  found.signature = await isSignedBy(checkpoint, key);
  return found.signature === "bad" ? { ...found, failure: "signature" } : found;
}
