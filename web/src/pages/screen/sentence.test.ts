import { expect, test } from "vitest";

import { en } from "../../i18n/en";
import { zh } from "../../i18n/zh";
import { sentence } from "./sentence";

const at = "2026-06-01T02:00:00Z";
const words = (text: string) => ({ zh: text, en: text });

test("events in words", () => {
  const batch = {
    index: 1,
    at,
    kind: "batch",
    provider: words("税务总局"),
    item_name: words("纳税信用"),
    rows: 1234,
  };
  expect(sentence(batch, zh, "zh")).toBe("税务总局：纳税信用发布，1,234 条");
  const asked = {
    index: 2,
    at,
    kind: "inquiry",
    member_kind: "bank",
    area: "南京市",
    purpose: words("贷前调查"),
  };
  expect(sentence(asked, zh, "zh")).toBe("银行查询南京市主体一户，用于贷前调查");
  expect(sentence({ index: 3, at, kind: "consent_revoke", member_kind: "bank" }, zh, "zh")).toBe(
    "其他地区一家企业撤回给银行的授权",
  );
  expect(sentence({ index: 4, at, kind: "screening" }, en, "en")).toBe("Institution: screening");
  expect(sentence({ index: 5, at, kind: "something new" }, zh, "zh")).toBeNull();
});
