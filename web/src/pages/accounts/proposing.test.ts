import { expect, test } from "vitest";

import { Fault } from "../../api/fault";
import { orPropose } from "./proposing";

test("what may be done alone is done", async () => {
  expect(
    await orPropose(
      () => Promise.resolve(7),
      () => Promise.reject(new Error("not asked for")),
    ),
  ).toBe(7);
});

test("what takes two is proposed", async () => {
  let proposed = 0;
  const alone = () => Promise.reject(new Fault(409, "second_person_needed", "两人"));
  const propose = () => Promise.resolve((proposed += 1));
  expect(await orPropose(alone, propose)).toBeNull();
  expect(proposed).toBe(1);
});

test("any other fault stays one", async () => {
  const act = () => Promise.reject(new Fault(409, "login_taken", "已被使用"));
  await expect(orPropose(act, () => Promise.resolve())).rejects.toThrow("已被使用");
});
