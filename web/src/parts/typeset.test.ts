import { describe, expect, it } from "vitest";

import { typeset } from "./typeset";

describe("typeset", () => {
  it("gives Chinese text Chinese punctuation", () => {
    expect(typeset("材料不全,请补充:营业执照(副本);再提交!")).toBe(
      "材料不全，请补充：营业执照（副本）；再提交！",
    );
  });

  it("also between Han and codes", () => {
    expect(typeset("不能转为“已上线”:有联系人(没有联系人)")).toBe("不能转为“已上线”：有联系人（没有联系人）");
    expect(typeset("自 2026-06-01 起,9:30 开始")).toBe("自 2026-06-01 起，9:30 开始");
  });

  it("brackets in pairs", () => {
    expect(typeset("《评价规范》(GB/T 45255-2025)")).toBe("《评价规范》（GB/T 45255-2025）");
    expect(typeset("GB/T 1(2023年)和 (C3825 类)")).toBe("GB/T 1（2023年）和 （C3825 类）");
  });

  it("leaves other languages and codes alone", () => {
    expect(typeset("Sign in, then try again: (see /docs)")).toBe("Sign in, then try again: (see /docs)");
    expect(typeset("写 account:<编号> 或 client:<编号>")).toBe("写 account:<编号> 或 client:<编号>");
  });
});
