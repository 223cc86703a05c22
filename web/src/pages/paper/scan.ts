import type { ConsentDetail } from "../../api/consents";

/** SHA-256 of a file, computed here: the scan of a paper does not leave the computer. */
export async function digestOf(file: Blob): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", await file.arrayBuffer());
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export type Awaits = "verification" | "witness" | "paper" | null;

/** What an authorisation waits for: those who verify its paper, its witness, a paper, or nobody here. */
export function awaits(detail: Pick<ConsentDetail, "state" | "signatures">): Awaits {
  if (detail.state !== "pending") return null;
  const parts = new Set(detail.signatures.map((one) => one.part));
  if (parts.has("paper")) return "verification";
  return parts.has("signer") ? "witness" : "paper";
}

/** Digest of the scan that the institution handed in; null when it handed in none. */
export function scanOf(detail: Pick<ConsentDetail, "steps">): string | null {
  const attached = detail.steps.filter((step) => step.event === "attach").at(-1);
  const scan = attached?.details["scan"];
  return typeof scan === "string" ? scan : null;
}

/** Who has verified the paper so far. */
export function verifiers(detail: Pick<ConsentDetail, "signatures">): string[] {
  return detail.signatures.filter((one) => one.part === "verifier").map((one) => one.principal);
}
