import { useQuery } from "@tanstack/react-query";
import { Checkbox, Form, Input, Modal } from "antd";

import { api, got } from "../../api/client";
import { permissionTable } from "../../api/permissions";
import type { Account } from "../../api/types";
import { useLanguage, useWords } from "../../i18n/words";
import { FaultNotice } from "../../parts/Notice";
import { useDeed } from "../../parts/useDeed";
import { orPropose } from "./proposing";
import { rolesFor } from "./roles";

interface Filled {
  name: string;
  roles: string[];
  valid_to: string;
}

/** Name, roles and last day of somebody else's account. */
export function EditAccount({ account, onClose }: { account: Account; onClose: () => void }) {
  const { accounts, shell } = useWords();
  const { language } = useLanguage();
  const table = useQuery(permissionTable);
  const [form] = Form.useForm<Filled>();
  const roles = table.data === undefined ? [] : rolesFor(table.data, account.roles);
  const save = useDeed({
    act: ({ name, roles: chosen, valid_to }: Filled) => {
      const where = { params: { path: { account: account.id } } };
      const rest = { name: name.trim(), valid_to: valid_to || null, unlimited: valid_to === "" };
      return orPropose(
        () => got(api.PATCH("/v1/accounts/{account}", { ...where, body: { ...rest, roles: chosen } })),
        async () => {
          await got(api.PATCH("/v1/accounts/{account}", { ...where, body: rest }));
          await got(
            api.POST("/v1/account-proposals/roles", { body: { account: account.id, roles: chosen } }),
          );
        },
      );
    },
    done: (changed) => (changed === null ? accounts.proposed : accounts.changed),
    refreshes: [["accounts"], ["account-proposals"]],
    then: onClose,
  });
  return (
    <Modal
      open
      title={`${accounts.edit} · ${account.login}`}
      okText={shell.save}
      cancelText={shell.cancel}
      okButtonProps={{ loading: save.isPending }}
      onOk={form.submit}
      onCancel={onClose}
    >
      {save.isError && <FaultNotice thrown={save.error} />}
      <Form
        form={form}
        layout="vertical"
        requiredMark={false}
        initialValues={{ name: account.name, roles: account.roles, valid_to: account.valid_to ?? "" }}
        onFinish={save.mutate}
      >
        <Form.Item
          name="name"
          label={accounts.name}
          rules={[{ required: true, whitespace: true, message: accounts.required }]}
        >
          <Input maxLength={100} />
        </Form.Item>
        <Form.Item
          name="roles"
          label={accounts.roles}
          rules={[{ type: "array", min: 1, message: accounts.rolesMissing }]}
        >
          <Checkbox.Group options={roles.map(([value, role]) => ({ value, label: role[language] }))} />
        </Form.Item>
        <Form.Item name="valid_to" label={accounts.validTo} extra={accounts.validToHint}>
          <Input type="date" />
        </Form.Item>
      </Form>
    </Modal>
  );
}
