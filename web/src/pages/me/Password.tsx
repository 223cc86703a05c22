import { Button, Form, Input } from "antd";

import { api, got } from "../../api/client";
import { AFTER_CHANGE } from "../../api/passkeys";
import { noted } from "../../api/session";
import { usePerson } from "../../app/session";
import { useWords } from "../../i18n/words";
import { NewPassword } from "../../parts/NewPassword";
import { FaultNotice } from "../../parts/Notice";
import { Section } from "../../parts/Page";
import { useDeed } from "../../parts/useDeed";
import styles from "./me.module.css";

/** A new password. */
export function Password() {
  const { me } = useWords();
  const person = usePerson();
  const [form] = Form.useForm<{ old?: string; password: string }>();
  const change = useDeed({
    act: async ({ old, password }: { old?: string; password: string }) =>
      noted(await got(api.PUT("/v1/session/password", { body: { old: old || null, new: password } }))),
    done: me.passwordChanged,
    refreshes: AFTER_CHANGE,
    then: () => form.resetFields(),
  });
  return (
    <Section title={me.password} note={me.passwordNote}>
      <Form
        form={form}
        layout="vertical"
        requiredMark={false}
        onFinish={change.mutate}
        className={styles["form"] ?? ""}
      >
        {change.isError && <FaultNotice thrown={change.error} />}
        <input type="text" hidden readOnly autoComplete="username" value={person.login} />
        <Form.Item
          name="old"
          label={me.oldPassword}
          {...(person.isStrong ? { extra: me.oldPasswordHint } : {})}
        >
          <Input.Password autoComplete="current-password" maxLength={256} />
        </Form.Item>
        <NewPassword />
        <Button htmlType="submit" loading={change.isPending}>
          {me.changePassword}
        </Button>
      </Form>
    </Section>
  );
}
