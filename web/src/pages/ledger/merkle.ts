// The Merkle tree of RFC 9162 (2.1), computed in the browser: leaf H(0x00 ‖ content), node H(0x01 ‖ left ‖ right).

export type Digest = (data: Uint8Array<ArrayBuffer>) => Promise<Uint8Array<ArrayBuffer>>;
type Bytes = Uint8Array<ArrayBuffer>;

export const sha256: Digest = async (data) => new Uint8Array(await crypto.subtle.digest("SHA-256", data));

export function leafHash(digest: Digest, content: Bytes): Promise<Bytes> {
  return digest(joined(new Uint8Array([0]), content));
}

export function nodeHash(digest: Digest, left: Bytes, right: Bytes): Promise<Bytes> {
  return digest(joined(new Uint8Array([1]), left, right));
}

/** One step of a proof: the branch beside the path, on which side it is, and what the two give together. */
export interface Rung {
  sibling: Bytes;
  isLeft: boolean; // the branch is on the left
  merged: Bytes;
}

export class ProofError extends Error {}

/** The path from a leaf to the root of the tree of `size` leaves (2.1.3.2). Throws ProofError for one that cannot be. */
export async function climb(
  digest: Digest,
  index: number,
  size: number,
  leaf: Bytes,
  proof: Bytes[],
): Promise<Rung[]> {
  if (!Number.isSafeInteger(index) || !Number.isSafeInteger(size) || index < 0 || index >= size)
    throw new ProofError("index");
  const rungs: Rung[] = [];
  let node = index;
  let last = size - 1;
  let merged = leaf;
  for (const sibling of proof) {
    if (last === 0) throw new ProofError("too long");
    const isLeft = node % 2 === 1 || node === last;
    if (isLeft) {
      merged = await nodeHash(digest, sibling, merged);
      while (node % 2 === 0 && node !== 0) {
        node = half(node);
        last = half(last);
      }
    } else {
      merged = await nodeHash(digest, merged, sibling);
    }
    rungs.push({ sibling, isLeft, merged });
    node = half(node);
    last = half(last);
  }
  if (last !== 0) throw new ProofError("too short");
  return rungs;
}

/** Whether the tree of `first` leaves is the beginning of that of `second` (2.1.4.2). */
export async function isConsistent(
  digest: Digest,
  first: number,
  second: number,
  firstRoot: Bytes,
  secondRoot: Bytes,
  proof: Bytes[],
): Promise<boolean> {
  if (first < 1 || first > second) return false;
  if (first === second) return proof.length === 0 && same(firstRoot, secondRoot);
  const path = isPowerOfTwo(first) ? [firstRoot, ...proof] : proof;
  const [start, ...others] = path;
  if (start === undefined || proof.length === 0) return false;
  let node = first - 1;
  let last = second - 1;
  while (node % 2 === 1) {
    node = half(node);
    last = half(last);
  }
  let before = start;
  let after = start;
  for (const sibling of others) {
    if (last === 0) return false;
    if (node % 2 === 1 || node === last) {
      before = await nodeHash(digest, sibling, before);
      after = await nodeHash(digest, sibling, after);
      while (node % 2 === 0 && node !== 0) {
        node = half(node);
        last = half(last);
      }
    } else {
      after = await nodeHash(digest, after, sibling);
    }
    node = half(node);
    last = half(last);
  }
  return last === 0 && same(before, firstRoot) && same(after, secondRoot);
}

export function same(one: Bytes, other: Bytes): boolean {
  return one.length === other.length && one.every((byte, place) => byte === other[place]);
}

export function fromBase64(text: string): Bytes {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}

export function toHex(bytes: Bytes): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function joined(...parts: Bytes[]): Bytes {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

// Not `>>`: it cuts numbers to 32 bits.
const half = (n: number) => Math.floor(n / 2);

function isPowerOfTwo(n: number): boolean {
  let rest = n;
  while (rest % 2 === 0 && rest > 1) rest = half(rest);
  return rest === 1;
}
