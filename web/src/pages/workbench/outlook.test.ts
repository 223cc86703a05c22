import { describe, expect, it } from "vitest";

import type { ConsentPurpose } from "../../api/consents";
import type { PreviewItem } from "../../api/preview";
import { askedAtFirst, countOf, mayAskFor, outlookOf, purposesFor, usualChoice } from "./outlook";

const name = { name: "x", zh: "某", en: "x" };
const item = (about: Partial<PreviewItem>): PreviewItem => ({
  item: "17",
  allowed: false,
  view: null,
  code: "consent_missing",
  reason: "",
  remedy: "",
  kept_back: null,
  needs_consent: true,
  masked: [],
  withheld: [],
  consent: null,
  ...about,
});
const open = item({ item: "1", allowed: true, code: "open_information", needs_consent: false });
const masked = item({
  item: "4",
  allowed: true,
  code: "open_information",
  kept_back: "consent_missing",
  needs_consent: false,
  masked: [name],
});

describe("outlook of an item", () => {
  it("tells what is given, in part, and why not", () => {
    expect(outlookOf(open)).toBe("given");
    expect(outlookOf(masked)).toBe("partly");
    expect(outlookOf(item({ allowed: true, code: "consented", consent: "c" }))).toBe("given");
    expect(outlookOf(item({}))).toBe("needed");
    expect(outlookOf(item({ code: "consent_expired" }))).toBe("needed");
    expect(outlookOf(item({ code: "consent_pending" }))).toBe("asked");
    expect(outlookOf(item({ code: "consent_paused" }))).toBe("later");
    expect(outlookOf(item({ code: "not_own_item" }))).toBe("closed");
  });

  it("knows what a request can change", () => {
    expect(mayAskFor(item({}))).toBe(true);
    expect(mayAskFor(masked)).toBe(true);
    expect(mayAskFor(item({ code: "consent_revoked" }))).toBe(true);
    expect(mayAskFor(open)).toBe(false);
    expect(mayAskFor(item({ code: "consent_pending" }))).toBe(false);
    expect(mayAskFor(item({ code: "consent_frequency" }))).toBe(false);
    expect(mayAskFor(item({ code: "not_own_item" }))).toBe(false);
  });
});

describe("choosing", () => {
  const purpose = (code: string, members: string[], usual: string[] = []) =>
    ({ purpose: code, members, usual_items: usual }) as ConsentPurpose;

  it("offers the purposes of a kind of member, daily work first", () => {
    const all = [
      purpose("customer_screening", ["bank"]),
      purpose("guarantee_review", ["guarantor"]),
      purpose("post_loan", ["bank"]),
      purpose("pre_loan", ["bank"]),
    ];
    expect(purposesFor(all, "bank").map((one) => one.purpose)).toEqual([
      "pre_loan",
      "post_loan",
      "customer_screening",
    ]);
  });

  it("takes what is open and what the purpose usually needs", () => {
    const items = [
      open,
      masked,
      item({ item: "17" }),
      item({ item: "24" }),
      item({ item: "25", allowed: true }),
    ];
    expect(usualChoice(items, purpose("pre_loan", [], ["17"]))).toEqual(["1", "4", "17", "25"]);
    expect(usualChoice(items, undefined)).toEqual(["1", "4", "25"]);
  });

  it("asks for what was chosen and is not open, and for more of what the purpose usually takes", () => {
    const graded = item({
      item: "15",
      allowed: true,
      kept_back: "consent_missing",
      needs_consent: false,
      withheld: [name],
    });
    const wanted = { ...purpose("pre_loan", [], ["15", "17"]), personal: ["4"] } as ConsentPurpose;
    const looks = [open, masked, graded, item({ item: "17" }), item({ item: "24" }), item({ item: "26" })];
    expect(askedAtFirst(looks, wanted, new Set(["1", "4", "15", "17", "24"]))).toEqual(["15", "17", "24"]);
  });

  it("counts the chosen only", () => {
    const counts = countOf([open, masked, item({})], new Set(["1", "17"]));
    expect(counts).toMatchObject({ given: 1, partly: 0, needed: 1 });
  });
});
