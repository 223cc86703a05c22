import { KeyOutlined } from "@ant-design/icons";
import { Button, Divider, Form, Input } from "antd";
import { useState } from "react";

import { signInWithPasskey } from "../../api/passkeys";
import { signInWithPassword } from "../../api/session";
import { hasPasskeys } from "../../api/webauthn";
import { useWords } from "../../i18n/words";
import { FaultNotice } from "../../parts/Notice";
import { useDeed } from "../../parts/useDeed";
import { CodeForm } from "./CodeForm";
import { useWarning } from "./useWarning";
import { passkeyFault } from "./passkeyFault";
import styles from "./SignInForm.module.css";

interface Props {
  login?: string; // fixed, when somebody signs in again
  onSignedIn: () => void;
}

/** Signing in, step by step: password and code, or a passkey in one. */
export function SignInForm({ login, onSignedIn }: Props) {
  const { signIn } = useWords();
  const warn = useWarning();
  const [challenge, setChallenge] = useState<string | null>(null);
  const byPassword = useDeed({
    act: (filled: { login: string; password: string }) => signInWithPassword(filled.login, filled.password),
    then: (answer) => {
      if ("challenge" in answer) return setChallenge(answer.challenge);
      warn(answer);
      onSignedIn();
    },
  });
  const byPasskey = useDeed({
    act: () => signInWithPasskey(login ?? null).catch((thrown: unknown) => passkeyFault(thrown, signIn)),
    then: (answer) => {
      warn(answer);
      onSignedIn();
    },
  });

  if (challenge !== null) {
    return <CodeForm challenge={challenge} onSignedIn={onSignedIn} onStartOver={() => setChallenge(null)} />;
  }
  const required = (message: string) => [{ required: true, message }];
  return (
    <>
      {byPasskey.isError && <FaultNotice thrown={byPasskey.error} />}
      {byPassword.isError && <FaultNotice thrown={byPassword.error} />}
      <Form
        layout="vertical"
        requiredMark={false}
        initialValues={{ login: login ?? "", password: "" }}
        onFinish={byPassword.mutate}
      >
        <Form.Item name="login" label={signIn.login} rules={required(signIn.loginMissing)}>
          <Input
            autoComplete="username"
            autoFocus={login === undefined}
            readOnly={login !== undefined}
            maxLength={128}
          />
        </Form.Item>
        <Form.Item name="password" label={signIn.password} rules={required(signIn.passwordMissing)}>
          <Input.Password autoComplete="current-password" autoFocus={login !== undefined} maxLength={256} />
        </Form.Item>
        <Button type="primary" htmlType="submit" block size="large" loading={byPassword.isPending}>
          {signIn.submit}
        </Button>
      </Form>
      <Divider plain className={styles["or"] ?? ""}>
        {signIn.or}
      </Divider>
      <Button
        block
        size="large"
        icon={<KeyOutlined />}
        disabled={!hasPasskeys()}
        loading={byPasskey.isPending}
        onClick={() => byPasskey.mutate(undefined)}
      >
        {signIn.passkey}
      </Button>
      <p className={styles["note"]}>{hasPasskeys() ? signIn.passkeyNote : signIn.passkeyUnavailable}</p>
    </>
  );
}
