import { useQuery } from "@tanstack/react-query";
import { Button, Form, Input, Space } from "antd";

import { closeWebhook, registerWebhook, verifyWebhook, type Webhook, webhooks } from "../../api/push";
import { usePerson } from "../../app/session";
import { useWords } from "../../i18n/words";
import { ConfirmButton } from "../../parts/ConfirmButton";
import { CopyButton } from "../../parts/CopyButton";
import { Empty } from "../../parts/Empty";
import { Lines } from "../../parts/Lines";
import { Loaded } from "../../parts/Loaded";
import { FaultNotice } from "../../parts/Notice";
import { Section } from "../../parts/Page";
import { State, type Tone } from "../../parts/State";
import { moment } from "../../parts/format";
import { useDeed } from "../../parts/useDeed";
import styles from "./subscriptions.module.css";

const TONES: Record<string, Tone> = { pending: "wait", active: "good", closed: "calm" };

/** Where deliveries go: registered and verified by the administrator. */
export function Webhooks() {
  const { subscriptions } = useWords();
  const person = usePerson();
  const query = useQuery(webhooks);
  return (
    <>
      <Section title={subscriptions.webhooks} note={subscriptions.webhooksNote}>
        <Loaded query={query}>
          {(found) =>
            found.length === 0 ? (
              <Empty title={subscriptions.noWebhooks}>{subscriptions.noWebhooksHint}</Empty>
            ) : (
              <Lines>
                {found.map((one) => (
                  <HookLine key={one.id} one={one} />
                ))}
              </Lines>
            )
          }
        </Loaded>
        {person.may("receive", "subscription") && <Register />}
      </Section>
      <Section title={subscriptions.signature} note={subscriptions.signatureNote}>
        <pre className={styles["example"]} tabIndex={0}>
          {EXAMPLE}
        </pre>
        <Space wrap>
          <CopyButton text={EXAMPLE} />
          <a href="/v1/ledger/key" target="_blank" rel="noreferrer">
            {subscriptions.publicKey}
          </a>
        </Space>
      </Section>
    </>
  );
}

const EXAMPLE = `# 国际算法套件(Ed25519);国密套件见文档
signed = headers["X-Xinshu-Timestamp"].encode() + b"." + headers["X-Xinshu-Event"].encode() + b"." + body
public_key.verify(base64.b64decode(headers["X-Xinshu-Signature"]), signed)
assert abs(time.time() - int(headers["X-Xinshu-Timestamp"])) < 300   # 拒绝重放`;

function Register() {
  const { subscriptions } = useWords();
  const [form] = Form.useForm<{ url: string }>();
  const register = useDeed({
    act: ({ url }: { url: string }) => registerWebhook(url.trim()),
    done: subscriptions.registered,
    refreshes: [["webhooks"]],
    then: () => form.resetFields(),
  });
  return (
    <Form
      form={form}
      layout="vertical"
      requiredMark={false}
      onFinish={register.mutate}
      style={{ marginTop: 20 }}
    >
      {register.isError && <FaultNotice thrown={register.error} />}
      <div className={styles["register"]}>
        <Form.Item
          name="url"
          label={subscriptions.url}
          rules={[{ required: true, pattern: /^\s*https:\/\/\S+\s*$/, message: subscriptions.urlWrong }]}
        >
          <Input className="code" maxLength={1000} placeholder="https://bank.example/hooks/xinshu" />
        </Form.Item>
        <Button htmlType="submit" loading={register.isPending}>
          {subscriptions.register}
        </Button>
      </div>
    </Form>
  );
}

function HookLine({ one }: { one: Webhook }) {
  const { subscriptions } = useWords();
  const person = usePerson();
  const verify = useDeed({
    act: () => verifyWebhook(one.id),
    done: subscriptions.verified,
    refreshes: [["webhooks"]],
  });
  const close = useDeed({
    act: () => closeWebhook(one.id),
    done: subscriptions.closed,
    refreshes: [["webhooks"], ["subscriptions"]],
  });
  const words =
    one.verified_at !== null
      ? subscriptions.verifiedAt(moment(one.verified_at))
      : one.tried_at !== null
        ? subscriptions.triedAt(moment(one.tried_at))
        : subscriptions.neverTried;
  return (
    <li>
      <div>
        <p className="code">{one.url}</p>
        <p className="quiet num">{words}</p>
        {verify.isError && <FaultNotice thrown={verify.error} />}
        {close.isError && <FaultNotice thrown={close.error} />}
      </div>
      <State tone={TONES[one.state] ?? "calm"}>
        {subscriptions.webhookStates[one.state as keyof typeof subscriptions.webhookStates] ?? one.state}
      </State>
      {person.may("receive", "subscription") && one.state !== "closed" && (
        <Space wrap>
          <Button
            type={one.state === "pending" ? "primary" : "default"}
            loading={verify.isPending}
            onClick={() => verify.mutate(undefined)}
          >
            {one.state === "pending" ? subscriptions.verify : subscriptions.test}
          </Button>
          <ConfirmButton
            sure={subscriptions.closeSure}
            loading={close.isPending}
            onConfirm={() => close.mutate(undefined)}
          >
            {subscriptions.close}
          </ConfirmButton>
        </Space>
      )}
    </li>
  );
}
