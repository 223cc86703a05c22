import { expect, test } from "vitest";

import { barOption, shareOption, shortCount, type Style, timeOption } from "./options";

const style: Style = {
  isDark: false,
  isStill: true,
  isNarrow: false,
  unit: "户",
  format: String,
  short: String,
};

test("figures are shortened as each language counts", () => {
  expect(shortCount(9999, "zh")).toBe("9,999");
  expect(shortCount(12_000, "zh")).toBe("1.2 万");
  expect(shortCount(340_000_000, "zh")).toBe("3.4 亿");
  expect(shortCount(12_000, "en")).toBe("12 k");
  expect(shortCount(1_250_000, "zh")).toBe("125 万");
  expect(shortCount(-20_000, "zh")).toBe("-2 万");
});

test("a gap stays a gap and a legend comes only with several series", () => {
  const one = timeOption(["一月", "二月"], [{ name: "甲", values: [1, null] }], "line", false, style);
  expect(one["series"]).toMatchObject([{ data: [1, null], connectNulls: false }]);
  expect(one["legend"]).toBeUndefined();
  const two = timeOption(
    ["一月"],
    [
      { name: "甲", values: [1] },
      { name: "乙", values: [2] },
    ],
    "bar",
    true,
    style,
  );
  expect(two["legend"]).toMatchObject({ data: ["甲", "乙"] });
  expect(two["series"]).toMatchObject([{ stack: "all" }, { stack: "all" }]);
});

test("a withheld part is no slice, and nothing moves for who wants stillness", () => {
  const ring = shareOption(
    [
      { name: "甲", value: 12 },
      { name: "乙", value: null },
    ],
    style,
  );
  expect(ring["series"]).toMatchObject([{ data: [{ name: "甲", value: 12 }] }]);
  expect(ring["animation"]).toBe(false);
});

test("a note under the pointer holds text, never markup", () => {
  const bars = barOption([{ name: "<b>甲</b>", value: 3 }], style);
  const tooltip = bars["tooltip"] as { formatter: (given: object[]) => HTMLElement };
  const note = tooltip.formatter([{ name: "<b>甲</b>", seriesName: "", value: 3, color: "#000" }]);
  expect(note.querySelector("strong")?.textContent).toBe("<b>甲</b>");
  expect(note.textContent).toContain("3 户");
});
