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
