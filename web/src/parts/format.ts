// Dates, amounts and codes look one way everywhere. Moments are shown in China's time: the platform's clock is the law's.

const MOMENT = new Intl.DateTimeFormat("sv-SE", {
  timeZone: "Asia/Shanghai",
  dateStyle: "short",
  timeStyle: "short",
});
const DAY = new Intl.DateTimeFormat("sv-SE", { timeZone: "Asia/Shanghai", dateStyle: "short" });

/** `2026-06-01 10:00`, China's time. */
export function moment(iso: string): string {
  return MOMENT.format(new Date(iso));
}

/** `2026-06-01`. A date without a time stays what it is. */
export function day(iso: string): string {
  return iso.length === 10 ? iso : DAY.format(new Date(iso));
}

/** Today in China, `2026-06-01`. */
export function today(): string {
  return DAY.format(new Date());
}

/** The day of the week of a date: `星期一`, `Monday`. */
export function weekday(date: string, tongue: "zh" | "en" = "zh"): string {
  return new Date(`${date}T12:00:00+08:00`).toLocaleDateString(tongue === "zh" ? "zh-CN" : "en-GB", {
    weekday: "long",
    timeZone: "Asia/Shanghai",
  });
}

/** A unified credit code in groups that can be read aloud: `91320100 748204 660Q`. */
export function spacedCode(code: string): string {
  return code.length === 18
    ? `${code.slice(0, 2)} ${code.slice(2, 8)} ${code.slice(8, 17)} ${code.slice(17)}`
    : code;
}

/** `1,234,567`. */
export function count(n: number): string {
  return n.toLocaleString("en-US");
}

/** `2.4 MB`. */
export function bytes(n: number): string {
  if (n < 1024) return `${n} B`;
  const units = ["kB", "MB", "GB"];
  let size = n / 1024;
  let unit = 0;
  while (size >= 1000 && unit < units.length - 1) {
    size /= 1024;
    unit += 1;
  }
  return `${size.toFixed(size < 10 ? 1 : 0)} ${units[unit] ?? ""}`;
}

type Tongue = "zh" | "en";
const TEN_THOUSAND = 10_000;
const CURRENCIES: Readonly<Record<string, { zh: string; en: string; times: number }>> = {
  CNY: { zh: "元", en: "CNY", times: 1 },
  CNY_10K: { zh: "元", en: "CNY", times: TEN_THOUSAND },
  USD: { zh: "美元", en: "USD", times: 1 },
  USD_10K: { zh: "美元", en: "USD", times: TEN_THOUSAND },
};
const MEASURES: Readonly<Record<string, { zh: string; en: string }>> = {
  percent: { zh: "%", en: "%" },
  person: { zh: " 人", en: "" },
  month: { zh: " 个月", en: " months" },
  point: { zh: " 分", en: " points" },
  m2: { zh: " 平方米", en: " m²" },
  m3: { zh: " 立方米", en: " m³" },
  mu: { zh: " 亩", en: " mu" },
  kWh: { zh: " 千瓦时", en: " kWh" },
  kVA: { zh: " 千伏安", en: " kVA" },
};

/** Whether a unit of the catalogue is one of money. */
export function isMoney(unit: string | null | undefined): boolean {
  return typeof unit === "string" && unit in CURRENCIES;
}

/**
 * An amount, one way everywhere: from ten thousand yuan on in 万元, below in 元, always two decimals
 * (`32.54 万元`, `8,500.00 元`); in English the whole amount (`CNY 325,400.00`). `unit`: as the catalogue gives it.
 */
export function money(value: number | string, unit = "CNY", tongue: Tongue = "zh"): string {
  const currency = CURRENCIES[unit];
  const given = Number(value);
  if (currency === undefined || !Number.isFinite(given)) return String(value);
  const amount = given * currency.times;
  if (tongue === "en") return `${currency.en} ${decimals(amount)}`;
  return Math.abs(amount) >= TEN_THOUSAND
    ? `${decimals(amount / TEN_THOUSAND)} 万${currency.zh}`
    : `${decimals(amount)} ${currency.zh}`;
}

/** A number with its unit as the catalogue gives it, money included: `18 人`, `1,250.5 千瓦时`, `32.54 万元`. */
export function quantity(
  value: number | string,
  unit: string | null | undefined,
  tongue: Tongue = "zh",
): string {
  if (isMoney(unit)) return money(value, unit ?? undefined, tongue);
  const given = Number(value);
  if (value === "" || !Number.isFinite(given)) return String(value);
  const measure = typeof unit === "string" ? MEASURES[unit] : undefined;
  return `${given.toLocaleString("en-US", { maximumFractionDigits: 6 })}${measure?.[tongue] ?? ""}`;
}

function decimals(amount: number): string {
  return amount.toLocaleString("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
}
