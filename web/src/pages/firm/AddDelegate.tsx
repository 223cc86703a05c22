import { Button, Form, Input } from "antd";
import { useState } from "react";

import { api, got } from "../../api/client";
import { useWords } from "../../i18n/words";
import { InvitationLink } from "../../parts/InvitationLink";
import { FaultNotice } from "../../parts/Notice";
import { Section } from "../../parts/Page";
import { day } from "../../parts/format";
import { useDeed } from "../../parts/useDeed";
import styles from "../members/fields.module.css";

interface Filled {
  name: string;
  login: string;
  telephone: string;
  valid_from: string;
  valid_to: string;
}

/** Lets a new person act for the firm, from a day to a day. */
export function AddDelegate() {
  const { firm } = useWords();
  const [form] = Form.useForm<Filled>();
  const [token, setToken] = useState<string | null>(null);
  const today = day(new Date().toISOString());
  const grant = useDeed({
    act: ({ name, login, telephone, valid_from, valid_to }: Filled) =>
      got(
        api.POST("/v1/delegations", {
          body: {
            name: name.trim(),
            login: login.trim(),
            telephone: telephone?.trim() || null,
            scope: ["firm-delegate"],
            valid_from,
            valid_to,
          },
        }),
      ),
    done: firm.granted,
    refreshes: [["delegations"]],
    then: (delegation) => {
      form.resetFields();
      setToken(delegation.token ?? null);
    },
  });
  const required = [{ required: true, whitespace: true, message: firm.required }];
  return (
    <Section title={firm.addDelegate} note={firm.addDelegateNote}>
      {grant.isError && <FaultNotice thrown={grant.error} />}
      <Form
        form={form}
        layout="vertical"
        requiredMark={false}
        initialValues={{ valid_from: today }}
        onFinish={grant.mutate}
      >
        <div className={styles["grid"]}>
          <Form.Item name="name" label={firm.delegateName} rules={required}>
            <Input maxLength={100} autoComplete="off" />
          </Form.Item>
          <Form.Item name="login" label={firm.login} extra={firm.loginHint} rules={required}>
            <Input maxLength={64} autoComplete="off" autoCapitalize="none" spellCheck={false} />
          </Form.Item>
          <Form.Item name="telephone" label={firm.telephone}>
            <Input maxLength={30} inputMode="tel" autoComplete="off" />
          </Form.Item>
          <Form.Item name="valid_from" label={firm.from} rules={required}>
            <Input type="date" min={today} />
          </Form.Item>
          <Form.Item name="valid_to" label={firm.to} extra={firm.toHint} rules={required}>
            <Input type="date" min={today} />
          </Form.Item>
        </div>
        <Button type="primary" htmlType="submit" loading={grant.isPending}>
          {firm.grant}
        </Button>
      </Form>
      {token !== null && <InvitationLink token={token} days={7} onKept={() => setToken(null)} />}
    </Section>
  );
}
