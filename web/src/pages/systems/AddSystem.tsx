import { useQuery } from "@tanstack/react-query";
import { Button, Checkbox, Form, Input, Radio, Space } from "antd";

import { api, got } from "../../api/client";
import { permissionTable } from "../../api/permissions";
import type { MemberKind } from "../../api/types";
import { useLanguage, useWords } from "../../i18n/words";
import { FaultNotice } from "../../parts/Notice";
import { Section } from "../../parts/Page";
import { useDeed } from "../../parts/useDeed";
import { rolesOfKinds } from "../accounts/roles";
import { linesOf } from "./lines";

interface Props {
  member: string;
  kind: MemberKind;
  onDone: (id: string | null) => void;
}

interface Filled {
  name: string;
  sandbox: boolean;
  roles: string[];
  networks: string;
}

/** Registers a system of a member. */
export function AddSystem({ member, kind, onDone }: Props) {
  const { systems, shell } = useWords();
  const { language } = useLanguage();
  const table = useQuery(permissionTable);
  const roles = table.data === undefined ? [] : rolesOfKinds(table.data, [kind], "system");
  const add = useDeed({
    act: ({ name, sandbox, roles: chosen, networks }: Filled) =>
      got(
        api.POST("/v1/clients", {
          body: { member, name: name.trim(), sandbox, roles: chosen, networks: linesOf(networks) },
        }),
      ),
    done: systems.created_,
    refreshes: [["clients"]],
    then: ({ id }) => onDone(id),
  });
  return (
    <Section title={systems.add}>
      {add.isError && <FaultNotice thrown={add.error} />}
      <Form
        layout="vertical"
        requiredMark={false}
        initialValues={{
          name: "",
          sandbox: true,
          roles: roles.length === 1 ? [roles[0]?.[0]] : [],
          networks: "",
        }}
        onFinish={add.mutate}
        style={{ maxWidth: 560 }}
      >
        <Form.Item
          name="name"
          label={systems.name}
          rules={[{ required: true, whitespace: true, message: systems.required }]}
        >
          <Input maxLength={100} placeholder={systems.nameHint} autoFocus />
        </Form.Item>
        <Form.Item name="sandbox" label={systems.kind}>
          <Radio.Group
            options={[
              { value: true, label: systems.sandbox },
              { value: false, label: systems.production },
            ]}
          />
        </Form.Item>
        <Form.Item
          name="roles"
          label={systems.roles}
          rules={[{ type: "array", min: 1, message: systems.required }]}
        >
          <Checkbox.Group options={roles.map(([value, role]) => ({ value, label: role[language] }))} />
        </Form.Item>
        <Form.Item name="networks" label={systems.networks} extra={systems.networksHint}>
          <Input.TextArea className="code" rows={3} placeholder="203.0.113.0/24" spellCheck={false} />
        </Form.Item>
        <Space>
          <Button type="primary" htmlType="submit" loading={add.isPending}>
            {systems.add}
          </Button>
          <Button onClick={() => onDone(null)}>{shell.cancel}</Button>
        </Space>
      </Form>
    </Section>
  );
}
