import { Button, Form, Input, Select } from "antd";

import { api, got } from "../../api/client";
import type { PermissionTable } from "../../api/types";
import { useLanguage, useWords } from "../../i18n/words";
import { FaultNotice } from "../../parts/Notice";
import { useDeed } from "../../parts/useDeed";
import { Answer } from "./Answer";
import styles from "./Question.module.css";

const ATTRIBUTES = ["member", "item", "division", "subject", "account"] as const;

interface Asked extends Partial<Record<(typeof ATTRIBUTES)[number], string>> {
  who?: string;
  resource: string;
  action: string;
}

/** “Why may A (not) do B to C?” */
export function Question({ table }: { table: PermissionTable }) {
  const { permissions } = useWords();
  const { language } = useLanguage();
  const [form] = Form.useForm<Asked>();
  const resource = Form.useWatch("resource", form);
  const actions = resource === undefined ? {} : (table.resources[resource]?.actions ?? {});
  const explain = useDeed({
    act: ({ who, resource, action, ...attributes }: Asked) =>
      got(
        api.POST("/v1/permissions/explain", {
          body: { who: who?.trim() || "me", resource, action, attributes: set(attributes) },
        }),
      ),
  });
  const required = [{ required: true, message: permissions.choose }];
  return (
    <>
      <Form
        form={form}
        name="question"
        layout="vertical"
        requiredMark={false}
        onFinish={explain.mutate}
        className={styles["form"] ?? ""}
      >
        <div className={styles["main"]}>
          <Form.Item name="who" label={permissions.who}>
            <Input placeholder={permissions.whoHint} />
          </Form.Item>
          <Form.Item name="resource" label={permissions.resource} rules={required}>
            <Select
              showSearch={{ optionFilterProp: "label" }}
              placeholder={permissions.choose}
              onChange={() => form.resetFields(["action"])}
              options={Object.entries(table.resources).map(([name, one]) => ({
                value: name,
                label: one[language],
              }))}
            />
          </Form.Item>
          <Form.Item name="action" label={permissions.action} rules={required}>
            <Select
              placeholder={permissions.choose}
              disabled={resource === undefined}
              options={Object.entries(actions).map(([name, zh]) => ({
                value: name,
                label: language === "zh" ? zh : name,
              }))}
            />
          </Form.Item>
        </div>
        <details className={styles["more"]}>
          <summary>{permissions.attributes}</summary>
          <div className={styles["main"]}>
            {ATTRIBUTES.map((name) => (
              <Form.Item key={name} name={name} label={permissions.attribute[name]}>
                <Input maxLength={100} />
              </Form.Item>
            ))}
          </div>
        </details>
        <Button type="primary" htmlType="submit" loading={explain.isPending}>
          {permissions.explain}
        </Button>
      </Form>
      <div aria-live="polite">
        {explain.isError && <FaultNotice thrown={explain.error} />}
        {explain.isSuccess && <Answer found={explain.data} table={table} />}
      </div>
    </>
  );
}

/** Only what was filled in: an empty field is unknown, not an empty text. */
function set(attributes: Partial<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(attributes).flatMap(([name, text]) => (text?.trim() ? [[name, text.trim()]] : [])),
  );
}
