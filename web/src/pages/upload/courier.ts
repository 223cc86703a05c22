import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";

import { asFault, Fault, UNREACHABLE } from "../../api/fault";

/** How the parts reach the node; given, so that tests need none. */
export interface Carrier {
  send: (id: string, offset: number, part: ArrayBuffer, signal: AbortSignal) => Promise<number>;
  arrived: (id: string) => Promise<number>;
  wait: (ms: number, signal: AbortSignal) => Promise<void>;
  now: () => number; // milliseconds
}

export interface Progress {
  sent: number; // bytes that the node has acknowledged
  phase: "reading" | "sending" | "waiting"; // waiting: for the line to come back
  attempt: number; // since the last part that arrived
  bytesPerSecond: number | null;
}

interface Order {
  id: string;
  file: Blob;
  offset: number; // where the upload stands
  partMax: number;
  onProgress: (progress: Progress) => void;
  signal: AbortSignal;
}

const FIRST_PART = 1 << 20;
const READ = 4 << 20;
const QUICK = 1_500; // milliseconds: a part that takes less is followed by one twice as long
const SLOW = 8_000;
const LONGEST_WAIT = 15_000;
const TRIES = 8; // of what is not the line's fault
const PASSING = new Set(["upload_busy", "upload_digest", "upload_offset", "submission_invalid"]);

/**
 * Sends what is missing of a file, part by part, and gives the SHA-256 of all of it. A line that breaks is waited for as
 * long as it takes; where the node then stands, it says itself. Throws what the node refuses for good.
 */
export async function carry(order: Order, carrier: Carrier): Promise<string> {
  const { id, file, partMax, onProgress, signal } = order;
  const digest = sha256.create();
  let sent = await digestUpTo(order, (bytes) => digest.update(bytes));
  let size = Math.min(FIRST_PART, partMax);
  let attempt = 0;
  onProgress({ sent, phase: "sending", attempt, bytesPerSecond: null });
  while (sent < file.size) {
    const began = carrier.now();
    let next: number;
    try {
      // What was acknowledged to nobody, because the line broke just then, has arrived all the same.
      next = attempt > 0 ? await carrier.arrived(id) : sent;
      if (next === sent) {
        const part = await file.slice(sent, sent + size).arrayBuffer();
        signal.throwIfAborted();
        next = await carrier.send(id, sent, part, signal);
      }
    } catch (thrown) {
      signal.throwIfAborted();
      attempt += 1;
      if (!mayPass(asFault(thrown), attempt)) throw thrown;
      size = Math.min(size, FIRST_PART);
      onProgress({ sent, phase: "waiting", attempt, bytesPerSecond: null });
      await carrier.wait(Math.min(500 * 2 ** attempt, LONGEST_WAIT), signal);
      continue;
    }
    if (next <= sent) throw new Fault(409, "upload_offset", "");
    const took = Math.max(carrier.now() - began, 1);
    digest.update(new Uint8Array(await file.slice(sent, next).arrayBuffer()));
    const speed = ((next - sent) / took) * 1000;
    sent = next;
    size = nextSize(size, took, partMax);
    attempt = 0;
    onProgress({ sent, phase: "sending", attempt, bytesPerSecond: speed });
  }
  return bytesToHex(digest.digest());
}

/** Longer parts on a quick line, shorter ones on a slow line: less is lost when it breaks. */
export function nextSize(size: number, took: number, partMax: number): number {
  if (took < QUICK) return Math.min(size * 2, partMax);
  if (took > SLOW) return Math.max(Math.floor(size / 2), 1 << 18);
  return size;
}

/** What another try may mend: the line, as long as it takes; the node and the part itself, a few times. */
export function mayPass(fault: Fault, attempt: number): boolean {
  if (fault.code === UNREACHABLE) return true;
  const isPassing =
    fault.status >= 500 || fault.status === 408 || fault.status === 429 || PASSING.has(fault.code);
  return isPassing && attempt <= TRIES;
}

/** What has arrived before is read again: its digest is part of the whole. */
async function digestUpTo({ file, offset, onProgress, signal }: Order, take: (bytes: Uint8Array) => void) {
  for (let at = 0; at < offset; at += READ) {
    onProgress({ sent: offset, phase: "reading", attempt: 0, bytesPerSecond: null });
    take(new Uint8Array(await file.slice(at, Math.min(at + READ, offset)).arrayBuffer()));
    signal.throwIfAborted();
  }
  return offset;
}
