import { Form, Input } from "antd";

import { useWords } from "../i18n/words";

/** Two fields for a new password, as `password`. What it must be like, the node says; only its length is asked here. */
export function NewPassword() {
  const { me } = useWords();
  return (
    <>
      <Form.Item
        name="password"
        label={me.newPassword}
        rules={[
          { required: true, message: me.required },
          { min: 12, message: me.tooShort },
        ]}
      >
        <Input.Password autoComplete="new-password" maxLength={256} />
      </Form.Item>
      <Form.Item
        name="passwordAgain"
        label={me.newAgain}
        dependencies={["password"]}
        rules={[
          { required: true, message: me.required },
          ({ getFieldValue }) => ({
            validator: (_, given: string | undefined) =>
              !given || given === getFieldValue("password")
                ? Promise.resolve()
                : Promise.reject(new Error(me.mismatch)),
          }),
        ]}
      >
        <Input.Password autoComplete="new-password" maxLength={256} />
      </Form.Item>
    </>
  );
}
