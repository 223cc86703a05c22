import { describe, expect, it } from "vitest";

import {
  climb,
  fromBase64,
  isConsistent,
  leafHash,
  nodeHash,
  ProofError,
  same,
  sha256,
  toHex,
} from "./merkle";
import { isSignedBy, readNote } from "./note";

// The leaves and roots of the Certificate Transparency reference tests (RFC 6962, whose hashing RFC 9162 keeps).
const LEAVES = [
  "",
  "00",
  "10",
  "2021",
  "3031",
  "40414243",
  "5051525354555657",
  "606162636465666768696a6b6c6d6e6f",
];
const ROOTS = [
  "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
  "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
  "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
  "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
  "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
  "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
  "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
  "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
];
const NOTE =
  "xinshu/320000\n3\nrra8/idLcKFPsGel5VeCZNsPqbUa9eC6FZFY8yngbnc=\ntime 2026-06-01T02:00:00+00:00\n\n\u2014 xinshu/320000 sFsplyYJM/MMBJTOYijFzNKZHO9Pv3iK8d9PhA9ewvcOMfZ3XFwO628Wm+m7M6z0dx/VCxgnTTafWPibTiKsYGVtKQo=\n";
const KEY =
  "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAP/E0vKQkT1ny039j5wOrOZZfPoTOUkAj7NWo4AI8pqE=\n-----END PUBLIC KEY-----\n";

const unhex = (hex: string) => Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
const leaf = (place: number) => leafHash(sha256, unhex(LEAVES[place] ?? ""));
type Bytes = Uint8Array<ArrayBuffer>;

/** The root of a range as RFC 9162, 2.1.1, defines it. */
async function root(start: number, end: number): Promise<Bytes> {
  if (end - start === 1) return leaf(start);
  const split = start + largestPowerBelow(end - start);
  return nodeHash(sha256, await root(start, split), await root(split, end));
}

/** PATH as 2.1.3.1 defines it. */
async function path(index: number, start: number, end: number): Promise<Bytes[]> {
  if (end - start === 1) return [];
  const split = start + largestPowerBelow(end - start);
  return index < split
    ? [...(await path(index, start, split)), await root(split, end)]
    : [...(await path(index, split, end)), await root(start, split)];
}

/** SUBPROOF as 2.1.4.1 defines it. */
async function subproof(first: number, start: number, end: number, isWhole: boolean): Promise<Bytes[]> {
  if (first === end) return isWhole ? [] : [await root(start, end)];
  const split = start + largestPowerBelow(end - start);
  return first <= split
    ? [...(await subproof(first, start, split, isWhole)), await root(split, end)]
    : [...(await subproof(first, split, end, false)), await root(start, split)];
}

function largestPowerBelow(n: number): number {
  let power = 1;
  while (power * 2 < n) power *= 2;
  return power;
}

const flipped = (bytes: Bytes) => bytes.map((byte, place) => (place === 0 ? byte ^ 1 : byte));

describe("the tree of RFC 9162", () => {
  it("hashes as the reference tests do", async () => {
    for (const [place, known] of ROOTS.entries()) expect(toHex(await root(0, place + 1))).toBe(known);
  });

  it("climbs from every leaf to the root of every size", async () => {
    for (let size = 1; size <= 8; size += 1) {
      for (let index = 0; index < size; index += 1) {
        const own = await leaf(index);
        const rungs = await climb(sha256, index, size, own, await path(index, 0, size));
        expect(toHex(rungs.at(-1)?.merged ?? own)).toBe(ROOTS[size - 1]);
      }
    }
  });

  it("does not reach the root from another place, another leaf, or by an altered proof", async () => {
    const proof = await path(3, 0, 7);
    const top = async (index: number, own: Bytes, by: Bytes[]) =>
      toHex((await climb(sha256, index, 7, own, by)).at(-1)?.merged ?? own);
    expect(await top(2, await leaf(3), proof)).not.toBe(ROOTS[6]);
    expect(await top(3, await leaf(4), proof)).not.toBe(ROOTS[6]);
    expect(await top(3, await leaf(3), [flipped(proof[0] ?? own0()), ...proof.slice(1)])).not.toBe(ROOTS[6]);
    await expect(climb(sha256, 3, 7, await leaf(3), proof.slice(1))).rejects.toThrow(ProofError);
    await expect(climb(sha256, 3, 7, await leaf(3), [...proof, own0()])).rejects.toThrow(ProofError);
    await expect(climb(sha256, 7, 7, await leaf(3), proof)).rejects.toThrow(ProofError);
    await expect(climb(sha256, 0, 2 ** 60, await leaf(3), proof)).rejects.toThrow(ProofError);
  });

  it("tells what grew from what did not", async () => {
    for (let second = 1; second <= 8; second += 1) {
      for (let first = 1; first <= second; first += 1) {
        const proof = await subproof(first, 0, second, true);
        const [before, after] = [await root(0, first), await root(0, second)];
        expect(await isConsistent(sha256, first, second, before, after, proof)).toBe(true);
        expect(await isConsistent(sha256, first, second, flipped(before), after, proof)).toBe(false);
        if (first === second) continue;
        expect(await isConsistent(sha256, first, second, before, flipped(after), proof)).toBe(false);
        expect(await isConsistent(sha256, first, second, before, after, [])).toBe(false);
        expect(await isConsistent(sha256, first, second, before, after, [...proof, before])).toBe(false);
      }
    }
    const one = await root(0, 1);
    expect(await isConsistent(sha256, 2, 1, one, one, [])).toBe(false);
    expect(await isConsistent(sha256, 0, 1, one, one, [])).toBe(false);
  });
});

const own0 = () => new Uint8Array(32);

describe("a signed checkpoint", () => {
  it("is read and its signature holds", async () => {
    const read = readNote(NOTE);
    expect(read).toMatchObject({ origin: "xinshu/320000", size: 3, at: "2026-06-01T02:00:00+00:00" });
    expect(toHex(read?.root ?? own0())).toBe(ROOTS[2]);
    expect(read && (await isSignedBy(read, KEY))).toBe("good");
  });

  it("does not hold for another text or another key", async () => {
    const grown = readNote(NOTE.replace("\n3\n", "\n4\n"));
    expect(grown && (await isSignedBy(grown, KEY))).toBe("bad");
    const other = KEY.replace("P/E0vKQkT1", "P/E0vKQkT2");
    const read = readNote(NOTE);
    expect(read && (await isSignedBy(read, other))).toBe("bad");
  });

  it("is not any text", () => {
    for (const text of ["", "a\n1\n", "a\n01\nAAAA\n\n", "a\nx\nAAAA\n\n", NOTE.replace("rra8", "!!!!")])
      expect(readNote(text)).toBeNull();
  });

  it("compares bytes", () => {
    expect(same(fromBase64("AAE="), fromBase64("AAE="))).toBe(true);
    expect(same(fromBase64("AAE="), fromBase64("AAEC"))).toBe(false);
  });
});
