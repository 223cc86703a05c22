import { describe, expect, it } from "vitest";

import type { ConsentDetail } from "../../api/consents";
import { awaits, digestOf, scanOf, verifiers } from "./scan";

const signature = (part: string, principal = "account:1") =>
  ({ part, principal }) as ConsentDetail["signatures"][number];
const step = (event: string, details: Record<string, unknown>) =>
  ({ event, details }) as ConsentDetail["steps"][number];

describe("papers", () => {
  it("are known by the digest of their scan", async () => {
    expect(await digestOf(new Blob(["abc"]))).toBe(
      "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
    );
    expect(scanOf({ steps: [step("request", {}), step("attach", { scan: "00ff" })] })).toBe("00ff");
    expect(scanOf({ steps: [step("request", {})] })).toBeNull();
  });

  it("wait for somebody by what was signed", () => {
    const of = (state: string, ...parts: string[]) =>
      awaits({ state, signatures: parts.map((part) => signature(part)) });
    expect(of("pending")).toBe("paper");
    expect(of("pending", "paper")).toBe("verification");
    expect(of("pending", "paper", "verifier")).toBe("verification");
    expect(of("pending", "signer")).toBe("witness");
    expect(of("active", "paper", "verifier", "verifier")).toBeNull();
  });

  it("name those who have verified", () => {
    const signatures = [signature("paper"), signature("verifier", "account:2")];
    expect(verifiers({ signatures })).toEqual(["account:2"]);
  });
});
