import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";
import { describe, expect, it } from "vitest";

import { Fault, UNREACHABLE } from "../../api/fault";
import { type Carrier, carry, mayPass, nextSize, type Progress } from "./courier";

const FILE = new Blob([Uint8Array.from({ length: 5 << 20 }, (_, at) => at % 251)]);
const lost = () => new Fault(0, UNREACHABLE, "");

class Node {
  kept: Uint8Array[] = [];
  calls = 0;
  waits = 0;
  fails: (call: number) => "no" | "before" | "after" = () => "no";

  get size() {
    return this.kept.reduce((sum, one) => sum + one.length, 0);
  }

  carrier(): Carrier {
    return {
      send: (_, offset, part) => {
        this.calls += 1;
        const how = this.fails(this.calls);
        if (how === "before") return Promise.reject(lost());
        if (offset !== this.size) return Promise.reject(new Fault(409, "upload_offset", ""));
        this.kept.push(new Uint8Array(part));
        return how === "after" ? Promise.reject(lost()) : Promise.resolve(this.size);
      },
      arrived: () => Promise.resolve(this.size),
      wait: () => {
        this.waits += 1;
        return Promise.resolve();
      },
      now: () => 0,
    };
  }
}

function sending(node: Node, offset = 0, control = new AbortController()) {
  const seen: Progress[] = [];
  const order = { id: "u", file: FILE, offset, partMax: 16 << 20, signal: control.signal };
  return { seen, done: carry({ ...order, onProgress: (one) => seen.push(one) }, node.carrier()) };
}

const whole = async () => bytesToHex(sha256(new Uint8Array(await FILE.arrayBuffer())));
const together = async (node: Node) =>
  bytesToHex(sha256(new Uint8Array(await new Blob(node.kept as BlobPart[]).arrayBuffer())));

describe("carrying a file to the node", () => {
  it("sends all of it, in growing parts, and knows its digest", async () => {
    const node = new Node();
    const { seen, done } = sending(node);
    expect(await done).toBe(await whole());
    expect(await together(node)).toBe(await whole());
    expect(node.kept.map((one) => one.length >> 20)).toEqual([1, 2, 2]);
    expect(seen.at(-1)).toMatchObject({ sent: FILE.size, phase: "sending" });
  });

  it("waits for a line that breaks and goes on where the node stands", async () => {
    const node = new Node();
    node.fails = (call) => (call === 2 || call === 3 ? "before" : "no");
    const { seen, done } = sending(node);
    expect(await done).toBe(await whole());
    expect(await together(node)).toBe(await whole());
    expect(node.waits).toBe(2);
    expect(seen.filter((one) => one.phase === "waiting").map((one) => one.attempt)).toEqual([1, 2]);
  });

  it("does not send again what arrived though its acknowledgement was lost", async () => {
    const node = new Node();
    node.fails = (call) => (call === 2 ? "after" : "no");
    expect(await sending(node).done).toBe(await whole());
    expect(await together(node)).toBe(await whole());
  });

  it("goes on after a reload: what has arrived is read for the digest, not sent", async () => {
    const node = new Node();
    node.kept.push(new Uint8Array(await FILE.slice(0, 3_000_000).arrayBuffer()));
    const { seen, done } = sending(node, 3_000_000);
    expect(await done).toBe(await whole());
    expect(await together(node)).toBe(await whole());
    expect(seen[0]?.phase).toBe("reading");
  });

  it("stops when told, and at what the node refuses", async () => {
    const control = new AbortController();
    const node = new Node();
    node.fails = () => {
      control.abort(new Error("paused"));
      return "before";
    };
    await expect(sending(node, 0, control).done).rejects.toThrow("paused");
    const refusing: Carrier = {
      ...new Node().carrier(),
      send: () => Promise.reject(new Fault(404, "upload_unknown", "没有这个上传")),
    };
    const order = { id: "u", file: FILE, offset: 0, partMax: 1 << 20, onProgress: () => undefined };
    await expect(carry({ ...order, signal: new AbortController().signal }, refusing)).rejects.toThrow(
      "没有这个上传",
    );
  });

  it("knows what may pass", () => {
    expect(mayPass(lost(), 100)).toBe(true);
    expect(mayPass(new Fault(503, "work_space_unavailable", ""), 1)).toBe(true);
    expect(mayPass(new Fault(503, "work_space_unavailable", ""), 9)).toBe(false);
    expect(mayPass(new Fault(403, "forbidden", ""), 1)).toBe(false);
    expect(mayPass(new Fault(413, "file_too_large", ""), 1)).toBe(false);
  });

  it("fits the parts to the line", () => {
    expect(nextSize(1 << 20, 100, 16 << 20)).toBe(2 << 20);
    expect(nextSize(16 << 20, 100, 16 << 20)).toBe(16 << 20);
    expect(nextSize(4 << 20, 4_000, 16 << 20)).toBe(4 << 20);
    expect(nextSize(4 << 20, 9_000, 16 << 20)).toBe(2 << 20);
    expect(nextSize(1 << 18, 60_000, 16 << 20)).toBe(1 << 18);
  });
});
