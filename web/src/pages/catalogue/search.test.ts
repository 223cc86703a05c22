import { describe, expect, it } from "vitest";

import type { CatalogueItem } from "../../api/types";
import { grouped, matching } from "./search";

const item = (number: string, zh: string, class_no: number, provider: string, access = "open") =>
  ({
    item: number,
    slug: `slug_${number}`,
    name: { zh, en: `Name ${number}` },
    class_no,
    class_name: { zh: `类${class_no}`, en: `Class ${class_no}` },
    provider,
    access,
  }) as CatalogueItem;

const ITEMS = [
  item("1", "登记注册", 1, "市场监管总局"),
  item("8", "行政处罚", 4, "国家发展改革委"),
  item("18", "开票汇总", 6, "税务总局", "firm-consent"),
  item("9", "其他行政管理", 4, "市场监管总局"),
];

describe("the catalogue's search", () => {
  it("finds by number alone, by name, provider or class", () => {
    const found = (text: string) => matching(ITEMS, { text, access: "" }).map((one) => one.item);
    expect(found("8")).toEqual(["8", "18"]); // slug_18 has it too
    expect(found("处罚")).toEqual(["8"]);
    expect(found(" 市场 监管")).toEqual(["1", "9"]);
    expect(found("NAME 1")).toEqual(["1", "18"]);
    expect(found("class4")).toEqual(["8", "9"]);
    expect(found("没有")).toEqual([]);
  });

  it("keeps to one level of access", () => {
    expect(matching(ITEMS, { text: "", access: "firm-consent" }).map((one) => one.item)).toEqual(["18"]);
  });

  it("groups by class in order, by provider with the largest first", () => {
    expect(grouped(ITEMS, "", "zh").map((one) => [one.name, one.items.length])).toEqual([
      ["类1", 1],
      ["类4", 2],
      ["类6", 1],
    ]);
    expect(grouped(ITEMS, "provider", "en").map((one) => one.name)[0]).toBe("市场监管总局");
  });
});
