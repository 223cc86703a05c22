import { Button, Form, Input } from "antd";
import { useState } from "react";

import { Fault } from "../../api/fault";
import { signInWithCode } from "../../api/session";
import { useWords } from "../../i18n/words";
import { FaultNotice } from "../../parts/Notice";
import { useDeed } from "../../parts/useDeed";
import { useWarning } from "./useWarning";
import styles from "./SignInForm.module.css";

interface Props {
  challenge: string;
  onSignedIn: () => void;
  onStartOver: () => void;
}

/** The second step. A wrong code comes back with a new challenge for the next attempt. */
export function CodeForm({ challenge: first, onSignedIn, onStartOver }: Props) {
  const { signIn } = useWords();
  const warn = useWarning();
  const [form] = Form.useForm<{ code: string }>();
  const [challenge, setChallenge] = useState(first);
  const [isRecovery, setRecovery] = useState(false);
  const send = useDeed({
    act: async ({ code }: { code: string }) => {
      try {
        return await signInWithCode(challenge, code.trim());
      } catch (thrown) {
        const next = thrown instanceof Fault ? thrown.details["challenge"] : undefined;
        if (typeof next === "string") setChallenge(next);
        form.resetFields();
        throw thrown;
      }
    },
    then: (answer) => {
      warn(answer);
      onSignedIn();
    },
  });
  const label = isRecovery ? signIn.recoveryCode : signIn.code;
  return (
    <Form form={form} layout="vertical" requiredMark={false} onFinish={send.mutate} key={String(isRecovery)}>
      <h2>{signIn.second}</h2>
      <p className="quiet" style={{ marginBottom: 20 }}>
        {signIn.secondNote}
      </p>
      {send.isError && <FaultNotice thrown={send.error} />}
      <Form.Item name="code" label={label} rules={[{ required: true, whitespace: true, message: label }]}>
        <Input
          className="code"
          autoFocus
          size="large"
          autoComplete="one-time-code"
          inputMode={isRecovery ? "text" : "numeric"}
          maxLength={isRecovery ? 40 : 8}
        />
      </Form.Item>
      <Button type="primary" htmlType="submit" block size="large" loading={send.isPending}>
        {signIn.submit}
      </Button>
      <div className={styles["links"]}>
        <Button type="link" onClick={() => setRecovery(!isRecovery)}>
          {isRecovery ? signIn.useCode : signIn.recovery}
        </Button>
        <Button type="link" onClick={onStartOver}>
          {signIn.startOver}
        </Button>
      </div>
    </Form>
  );
}
