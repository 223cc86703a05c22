import type { Evaluation, FactBehind, ObjectionWish } from "../../api/ownEvaluation";

/** What an objection can be about: the whole, an indicator, or one of the records behind it. */
export type Subject =
  | { kind: "whole" }
  | { kind: "indicator"; indicator: string; name: string }
  | { kind: "fact"; indicator: string; name: string; fact: FactBehind };

/** Everything that can be objected to, each under a key that fits into an address. */
export function subjectsOf(evaluation: Evaluation): Map<string, Subject> {
  const subjects = new Map<string, Subject>([["", { kind: "whole" }]]);
  for (const { effect, indicator, name } of evaluation.reasons) {
    if (effect === "raised" || subjects.has(indicator)) continue;
    subjects.set(indicator, { kind: "indicator", indicator, name });
    (evaluation.facts[indicator] ?? []).forEach((fact, place) =>
      subjects.set(`${indicator}.${place}`, { kind: "fact", indicator, name, fact }),
    );
  }
  return subjects;
}

/** The objection as the node takes it. */
export function wishOf(subject: Subject, text: string): ObjectionWish {
  switch (subject.kind) {
    case "whole":
      return { about: "whole", text };
    case "indicator":
      return { about: "indicator", indicator: subject.indicator, text };
    case "fact": {
      const { item, batch, about } = subject.fact;
      const fact = { item, batch, about: about as NonNullable<ObjectionWish["fact"]>["about"] & object };
      return { about: "fact", indicator: subject.indicator, fact, text };
    }
  }
}
