import type { Evaluated, FactBehind, WrongRecord } from "../../api/objectionDesk";

/** The records behind an evaluation, each once; those of the indicator objected to first. */
export function factsOf(evaluation: Evaluated, indicator: string | null): FactBehind[] {
  const order = Object.entries(evaluation.facts).sort(
    ([a], [b]) => Number(b === indicator) - Number(a === indicator),
  );
  const seen = new Map<string, FactBehind>();
  for (const [, facts] of order)
    for (const fact of facts) {
      const key = `${fact.item} ${fact.batch} ${JSON.stringify(fact.about)}`;
      if (!seen.has(key)) seen.set(key, fact);
    }
  return [...seen.values()];
}

/** The records found wrong, as the node takes them; `wrong`: place in the list → what is wrong. */
export function wrongOf(facts: readonly FactBehind[], wrong: ReadonlyMap<string, string>): WrongRecord[] {
  return [...wrong].flatMap(([place, what]) => {
    const fact = facts[Number(place)];
    if (fact === undefined) return [];
    const about = fact.about as NonNullable<WrongRecord["about"]>;
    return [{ item: fact.item, batch: fact.batch, about, what: what.trim() }];
  });
}
