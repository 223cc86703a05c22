import { expect, it } from "vitest";

import { applicationOf, type Filled } from "./application";

const filled: Filled = {
  kind: "bank",
  name: " 虚构银行 ",
  code: "91320000MA0000000X",
  level: "head",
  parent_code: "left over from another level",
  provider_code: "left over from another kind",
  regions: [""],
  contacts: [{ name: " 张三 ", duty: "", phone: " 025-12345678 ", email: "" }],
  admin_name: "李四",
  admin_login: " Li.Si ",
};

it("leaves out what was left empty or does not apply", () => {
  const application = applicationOf(filled);
  expect(application).toMatchObject({
    name: "虚构银行",
    parent_code: null,
    provider_code: null,
    licence: null,
    items: null,
  });
  expect(application.contacts).toEqual([{ name: "张三", duty: "", phone: "025-12345678", email: "" }]);
  expect(application.administrator).toEqual({ name: "李四", login: "li.si" });
});

it("keeps a licence that is half filled in, for the node to say what is missing", () => {
  const application = applicationOf({ ...filled, licence_kind: "金融许可证", licence_end: "" });
  expect(application.licence).toEqual({ kind: "金融许可证", number: "", valid_to: null });
});
