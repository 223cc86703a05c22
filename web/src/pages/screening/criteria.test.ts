import { describe, expect, it } from "vitest";

import { BLANK, criteriaOf, filledOf, limits } from "./criteria";

describe("criteria of a screening", () => {
  const filled = {
    ...BLANK,
    divisions: ["3201"],
    industries: ["c34"],
    presets: ["noDishonest" as const, "taxA" as const],
    facts: [{ item: "7", present: true, field: "permit_type", op: "in" as const, value: "1、 2" }],
  };

  it("go to the node and come back as they were", () => {
    const criteria = criteriaOf(filled);
    expect(criteria).toMatchObject({ divisions: ["3201"], industries: ["C34"], statuses: ["1"] });
    expect(criteria.facts).toHaveLength(3);
    expect(criteria.facts?.[2]?.where).toEqual([{ field: "permit_type", op: "in", values: ["1", "2"] }]);
    expect(filledOf(criteria)).toEqual({
      ...filled,
      industries: ["C34"],
      facts: [{ ...filled.facts[0], value: "1、2" }],
    });
  });

  it("leave out what was not filled in", () => {
    const criteria = criteriaOf({
      ...BLANK,
      isActive: false,
      facts: [{ item: "", present: true, field: "", op: "in", value: "" }],
    });
    expect(criteria).toEqual({
      divisions: [],
      industries: [],
      sizes: [],
      kinds: [],
      statuses: [],
      facts: [],
    });
    expect(limits(BLANK)).toBe(false);
    expect(limits({ ...BLANK, presets: ["patent"] })).toBe(true);
  });
});
