import { describe, expect, it } from "vitest";

import { money, quantity } from "./format";

describe("money", () => {
  it("is 万元 from ten thousand yuan on, 元 below", () => {
    expect(money("325400.00")).toBe("32.54 万元");
    expect(money(9999.99)).toBe("9,999.99 元");
    expect(money("-12000")).toBe("-1.20 万元");
    expect(money(0)).toBe("0.00 元");
  });

  it("takes the units of the catalogue", () => {
    expect(money(5000, "CNY_10K")).toBe("5,000.00 万元");
    expect(money("0.2", "CNY_10K")).toBe("2,000.00 元");
    expect(money(35, "USD_10K")).toBe("35.00 万美元");
    expect(money(5000, "CNY_10K", "en")).toBe("CNY 50,000,000.00");
  });

  it("leaves alone what is no number", () => {
    expect(money("1-5 万", "CNY_10K")).toBe("1-5 万");
    expect(quantity("***", "person")).toBe("***");
    expect(quantity("", "person")).toBe("");
  });
});

describe("quantity", () => {
  it("has its unit beside it", () => {
    expect(quantity(1250.5, "kWh")).toBe("1,250.5 千瓦时");
    expect(quantity("13", "percent", "en")).toBe("13%");
    expect(quantity(3, "piece")).toBe("3");
    expect(quantity("80", "CNY")).toBe("80.00 元");
  });
});
