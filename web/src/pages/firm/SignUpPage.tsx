import { useQueryClient } from "@tanstack/react-query";
import { Button, Form, Input, Radio } from "antd";
import { useState } from "react";
import { Link, useLocation } from "wouter";

import { api, got } from "../../api/client";
import { noted } from "../../api/session";
import { hasPasskeys } from "../../api/webauthn";
import { useWords } from "../../i18n/words";
import { NewPassword } from "../../parts/NewPassword";
import { FaultNotice } from "../../parts/Notice";
import { Page, Section } from "../../parts/Page";
import { useDeed } from "../../parts/useDeed";
import styles from "../members/fields.module.css";
import { FirstPasskey } from "./FirstPasskey";

interface Filled {
  code: string;
  name: string;
  citizen_no: string;
  telephone: string;
  login: string;
  how: "passkey" | "password";
  password?: string;
}

/** A firm's legal representative signs up; with a passkey, a second step registers it. */
export function SignUpPage() {
  const { firm } = useWords();
  const client = useQueryClient();
  const [, go] = useLocation();
  const [needsPasskey, setNeedsPasskey] = useState(false);
  const enter = async () => {
    await client.invalidateQueries();
    go("/home", { replace: true });
  };
  const signUp = useDeed({
    act: async ({ code, name, citizen_no, telephone, login, how, password }: Filled) => {
      const person = {
        code,
        name: name.trim(),
        citizen_no,
        telephone: telephone.trim(),
        login: login.trim(),
      };
      const body = { ...person, password: how === "password" ? (password ?? null) : null };
      noted(await got(api.POST("/v1/firm-accounts", { body })));
      return how;
    },
    then: (how) => (how === "passkey" ? setNeedsPasskey(true) : void enter()),
  });

  if (needsPasskey) return <FirstPasskey onDone={() => void enter()} />;
  return (
    <Page title={firm.signUp} lead={firm.signUpLead} narrow>
      <Form
        layout="vertical"
        requiredMark={false}
        initialValues={{ how: hasPasskeys() ? "passkey" : "password" }}
        onFinish={signUp.mutate}
        scrollToFirstError
      >
        <Fields />
        {signUp.isError && <FaultNotice thrown={signUp.error} />}
        <Button type="primary" size="large" htmlType="submit" loading={signUp.isPending}>
          {firm.submit}
        </Button>
        <p style={{ marginTop: 16 }}>
          {firm.haveAccount} <Link href="/sign-in?as=firm">{firm.toSignIn}</Link>
        </p>
      </Form>
    </Page>
  );
}

function Fields() {
  const { firm } = useWords();
  const how = Form.useWatch<Filled["how"] | undefined>("how");
  const required = { required: true, whitespace: true, message: firm.required };
  return (
    <>
      <Section title={firm.aboutFirm}>
        <Form.Item
          name="code"
          label={firm.code}
          extra={firm.codeHint}
          normalize={(text: string) => text.replace(/\s/g, "").toUpperCase()}
          rules={[required, { len: 18, message: firm.codeShort }]}
        >
          <Input className="code" maxLength={40} autoCapitalize="characters" spellCheck={false} />
        </Form.Item>
      </Section>
      <Section title={firm.aboutYou}>
        <div className={styles["grid"]}>
          <Form.Item name="name" label={firm.name} rules={[required]}>
            <Input maxLength={100} autoComplete="name" />
          </Form.Item>
          <Form.Item name="telephone" label={firm.telephone} extra={firm.telephoneHint} rules={[required]}>
            <Input maxLength={30} inputMode="tel" autoComplete="tel" />
          </Form.Item>
          <Form.Item
            name="citizen_no"
            label={firm.citizenNo}
            extra={firm.citizenNoHint}
            normalize={(text: string) => text.replace(/\s/g, "").toUpperCase()}
            rules={[required]}
          >
            <Input className="code" maxLength={40} autoComplete="off" />
          </Form.Item>
        </div>
      </Section>
      <Section title={firm.howToSignIn}>
        <Form.Item
          name="login"
          label={firm.login}
          extra={firm.loginHint}
          rules={[required, { min: 3, max: 64 }]}
        >
          <Input maxLength={64} autoComplete="username" autoCapitalize="none" spellCheck={false} />
        </Form.Item>
        <Form.Item name="how" label={firm.how} extra={how === "passkey" ? firm.byPasskeyNote : undefined}>
          <Radio.Group
            options={[
              { value: "passkey", label: firm.byPasskey, disabled: !hasPasskeys() },
              { value: "password", label: firm.byPassword },
            ]}
          />
        </Form.Item>
        {how === "password" && <NewPassword />}
      </Section>
    </>
  );
}
