import { describe, expect, it } from "vitest";

import { keepQuestion, questionOf } from "./questions";

describe("a question under its key", () => {
  it("is the same after a reload, and each has a key of its own", () => {
    const question = { subject: "91320111XN00000121", purpose: "pre_loan", items: ["1", "17"] };
    const key = keepQuestion(question);
    expect(questionOf(key)).toEqual(question);
    expect(keepQuestion(question)).not.toBe(key);
  });

  it("is not guessed", () => {
    expect(questionOf("")).toBeNull();
    sessionStorage.setItem("xinshu.question.broken", "{");
    sessionStorage.setItem("xinshu.question.half", '{"subject":"x"}');
    expect(questionOf("broken")).toBeNull();
    expect(questionOf("half")).toBeNull();
  });
});
