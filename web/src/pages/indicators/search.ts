import type { Indicator, Model } from "../../api/evaluationDesk";

export interface Asked {
  text: string;
  topic: string;
  direction: string;
  use: string; // "used", "unused" or ""
}

/** Where an indicator stands in a model: the model, and whether it gives points, vetoes or both. */
export interface Use {
  model: Model;
  dimension: string | null; // id of the dimension that it gives points to
  weight: number;
  vetoes: boolean;
}

/** Versions that are not retired, with what they use, by indicator. */
export function usesOf(models: readonly Model[]): Map<string, Use[]> {
  const found = new Map<string, Use[]>();
  const note = (indicator: string, model: Model): Use => {
    const uses = found.get(indicator) ?? [];
    found.set(indicator, uses);
    let use = uses.find((one) => one.model === model);
    if (use === undefined) {
      use = { model, dimension: null, weight: 0, vetoes: false };
      uses.push(use);
    }
    return use;
  };
  for (const model of models.filter((one) => one.state !== "retired")) {
    for (const dimension of model.document.dimensions)
      for (const scored of dimension.indicators)
        Object.assign(note(scored.indicator, model), { dimension: dimension.id, weight: scored.weight });
    for (const veto of model.document.vetoes) note(veto.indicator, model).vetoes = true;
  }
  return found;
}

/** Indicators that fit, in the order of the topics. */
export function matching(
  indicators: readonly Indicator[],
  asked: Asked,
  uses: ReadonlyMap<string, Use[]>,
): Indicator[] {
  const words = asked.text.toLowerCase().split(/\s+/).filter(Boolean);
  return indicators.filter((one) => {
    if (asked.topic !== "" && one.topic !== asked.topic) return false;
    if (asked.direction !== "" && one.direction !== asked.direction) return false;
    if (asked.use !== "" && uses.has(one.id) !== (asked.use === "used")) return false;
    const text = `${one.id} ${one.name} ${one.definition.name.en} ${one.meaning} ${one.topic}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

/** The topics in their order, each with how many indicators it has. */
export function topicsOf(indicators: readonly Indicator[]): [topic: string, count: number][] {
  const counts = new Map<string, number>();
  for (const one of indicators) counts.set(one.topic, (counts.get(one.topic) ?? 0) + 1);
  return [...counts];
}
