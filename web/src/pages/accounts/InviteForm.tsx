import { useQuery } from "@tanstack/react-query";
import { Button, Checkbox, Form, Input, Space } from "antd";
import { useState } from "react";

import { api, got } from "../../api/client";
import { permissionTable } from "../../api/permissions";
import type { MemberKind } from "../../api/types";
import { useLanguage, useWords } from "../../i18n/words";
import { InvitationLink } from "../../parts/InvitationLink";
import { FaultNotice } from "../../parts/Notice";
import { Section } from "../../parts/Page";
import { useDeed } from "../../parts/useDeed";
import styles from "../members/fields.module.css";
import { orPropose } from "./proposing";
import { rolesOfKinds } from "./roles";

interface Filled {
  name: string;
  login: string;
  roles: string[];
  telephone?: string;
  email?: string;
  valid_to?: string;
}

/** Opens an account for a person of a member; the link goes by another way. */
export function InviteForm({
  member,
  kind,
  onDone,
}: {
  member: string;
  kind: MemberKind;
  onDone: () => void;
}) {
  const { accounts, shell } = useWords();
  const { language } = useLanguage();
  const table = useQuery(permissionTable);
  const [link, setLink] = useState<{ token: string; days: number } | null>(null);
  const roles = table.data === undefined ? [] : rolesOfKinds(table.data, [kind], "person");
  const invite = useDeed({
    act: ({ name, login, roles: chosen, telephone, email, valid_to }: Filled) => {
      const wanted = {
        member,
        name: name.trim(),
        login: login.trim(),
        roles: chosen,
        valid_to: valid_to || null,
      };
      const person = { telephone: telephone?.trim() || null, email: email?.trim() || null };
      return orPropose(
        () => got(api.POST("/v1/accounts", { body: { ...wanted, person } })),
        () => got(api.POST("/v1/account-proposals/invite", { body: wanted })),
      );
    },
    done: (made) => (made === null ? accounts.proposed : accounts.invited),
    refreshes: [["accounts"], ["account-proposals"]],
    then: (made) => (made === null ? onDone() : setLink({ token: made.token, days: made.valid_days })),
  });
  const required = [{ required: true, whitespace: true, message: accounts.required }];
  return (
    <Section title={accounts.invite} note={accounts.inviteNote}>
      {invite.isError && <FaultNotice thrown={invite.error} />}
      <Form layout="vertical" requiredMark={false} initialValues={{ roles: [] }} onFinish={invite.mutate}>
        <div className={styles["grid"]}>
          <Form.Item name="name" label={accounts.name} rules={required}>
            <Input maxLength={100} autoComplete="off" autoFocus />
          </Form.Item>
          <Form.Item name="login" label={accounts.login} extra={accounts.loginHint} rules={required}>
            <Input maxLength={64} autoComplete="off" autoCapitalize="none" spellCheck={false} />
          </Form.Item>
          <Form.Item name="telephone" label={accounts.telephone}>
            <Input maxLength={30} inputMode="tel" autoComplete="off" />
          </Form.Item>
          <Form.Item name="email" label={accounts.email}>
            <Input maxLength={254} inputMode="email" autoComplete="off" />
          </Form.Item>
          <Form.Item name="valid_to" label={accounts.validTo} extra={accounts.validToHint}>
            <Input type="date" />
          </Form.Item>
        </div>
        <Form.Item
          name="roles"
          label={accounts.roles}
          rules={[{ type: "array", min: 1, message: accounts.rolesMissing }]}
        >
          <Checkbox.Group options={roles.map(([value, role]) => ({ value, label: role[language] }))} />
        </Form.Item>
        <Space>
          <Button type="primary" htmlType="submit" loading={invite.isPending}>
            {accounts.inviteSubmit}
          </Button>
          <Button onClick={onDone}>{shell.cancel}</Button>
        </Space>
      </Form>
      {link !== null && (
        <InvitationLink
          {...link}
          onKept={() => {
            setLink(null);
            onDone();
          }}
        />
      )}
    </Section>
  );
}
