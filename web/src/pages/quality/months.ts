import type { MonthQuality } from "../../api/collect";

/** Months from the first to the last, both included: `2026-01`. */
export function monthsFrom(since: string, until: string): string[] {
  const found: string[] = [];
  let [year, month] = since.split("-").map(Number) as [number, number];
  for (let at = since; at <= until && found.length < 120;) {
    found.push(at);
    month += 1;
    if (month > 12) [year, month] = [year + 1, 1];
    at = `${year}-${String(month).padStart(2, "0")}`;
  }
  return found;
}

type Share = "accuracy" | "completeness" | "timeliness";
type Count = "batches" | "read" | "accepted" | "quarantined" | "mended";

export type Summed = Pick<MonthQuality, Share | Count>;

/** Several lines as one: rows added, shares weighted by the rows that they are of; null where nothing can be said. */
export function summed(lines: readonly MonthQuality[]): Summed {
  const total = (name: Count) => lines.reduce((sum, line) => sum + line[name], 0);
  const share = (name: Share, of: "read" | "accepted") => {
    const told = lines.filter((line) => line[name] !== null && line[of] > 0);
    const rows = told.reduce((sum, line) => sum + line[of], 0);
    return rows === 0 ? null : told.reduce((sum, line) => sum + (line[name] ?? 0) * line[of], 0) / rows;
  };
  return {
    batches: total("batches"),
    read: total("read"),
    accepted: total("accepted"),
    quarantined: total("quarantined"),
    mended: total("mended"),
    accuracy: share("accuracy", "read"),
    completeness: share("completeness", "accepted"),
    timeliness: share("timeliness", "accepted"),
  };
}

/** `0.98765` as `98.8`, in per cent; null stays a gap. */
export function inPercent(share: number | null): number | null {
  return share === null ? null : Math.round(share * 1000) / 10;
}

/** `98.8%`, `—`. */
export function percent(share: number | null): string {
  const figure = inPercent(share);
  return figure === null ? "—" : `${figure.toFixed(1)}%`;
}
