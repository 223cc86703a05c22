import type { ItemStanding } from "../../api/collect";
import type { Tone } from "../../parts/State";

const ORDER: ItemStanding["punctuality"][] = ["late", "due_soon", "never", "on_time", "on_event"];
const TONES: Record<ItemStanding["punctuality"], Tone> = {
  late: "bad",
  due_soon: "wait",
  never: "wait",
  on_time: "good",
  on_event: "calm",
};

export function toneOfPunctuality(state: ItemStanding["punctuality"]): Tone {
  return TONES[state];
}

/** What waits for somebody first: overdue, then with rows to mend or batches held, then the rest as the catalogue has it. */
export function byUrgency(items: readonly ItemStanding[]): ItemStanding[] {
  const rank = (one: ItemStanding) =>
    one.punctuality === "late"
      ? 0
      : one.rows_to_mend > 0 || one.held > 0
        ? 1
        : 1 + ORDER.indexOf(one.punctuality);
  return items
    .map((one, place) => ({ one, place }))
    .sort((a, b) => rank(a.one) - rank(b.one) || a.place - b.place)
    .map(({ one }) => one);
}
