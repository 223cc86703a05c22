import { strFromU8, unzipSync } from "fflate";
import { expect, it } from "vitest";

import { zip } from "./zip";

it("packs a large file where it is called, without a worker", () => {
  const text = "行政处罚,".repeat(200_000); // far over the 160 kB from which the library would start workers
  const bytes = new TextEncoder().encode(text);
  let packed = new Uint8Array();
  zip({ "xl/worksheets/sheet1.xml": bytes }, (fault, made) => {
    expect(fault).toBeNull();
    packed = new Uint8Array(made);
  });
  expect(packed.length).toBeGreaterThan(0); // done already
  expect(strFromU8(unzipSync(packed)["xl/worksheets/sheet1.xml"] ?? new Uint8Array())).toBe(text);
});
