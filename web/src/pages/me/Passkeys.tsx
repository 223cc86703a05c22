import { KeyOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Button, Form, Input } from "antd";

import { addPasskey, AFTER_CHANGE, ownPasskeys, removePasskey } from "../../api/passkeys";
import type { Passkey } from "../../api/types";
import { hasPasskeys } from "../../api/webauthn";
import { useWords } from "../../i18n/words";
import { ConfirmButton } from "../../parts/ConfirmButton";
import { Empty } from "../../parts/Empty";
import { Lines } from "../../parts/Lines";
import { Loaded } from "../../parts/Loaded";
import { FaultNotice } from "../../parts/Notice";
import { Section } from "../../parts/Page";
import { moment } from "../../parts/format";
import { useDeed } from "../../parts/useDeed";
import { passkeyFault } from "../sign-in/passkeyFault";
import styles from "./me.module.css";

/** One's own passkeys. */
export function Passkeys() {
  const { me } = useWords();
  const query = useQuery(ownPasskeys);
  return (
    <Section title={me.passkeys} note={me.passkeysNote}>
      <Loaded query={query}>
        {({ passkeys }) =>
          passkeys.length === 0 ? (
            <Empty title={me.noPasskeys} />
          ) : (
            <Lines>
              {passkeys.map((one) => (
                <PasskeyLine key={one.id} one={one} />
              ))}
            </Lines>
          )
        }
      </Loaded>
      <AddPasskey />
    </Section>
  );
}

function PasskeyLine({ one }: { one: Passkey }) {
  const { me } = useWords();
  const remove = useDeed({ act: removePasskey, done: me.passkeyRemoved, refreshes: AFTER_CHANGE });
  return (
    <li>
      <div>
        <h3>{one.name}</h3>
        <p className="quiet num">
          {one.synchronised ? me.synchronised : me.singleDevice} · {me.added} {moment(one.created_at)} ·{" "}
          {me.lastUsed} {one.used_at === null ? me.never : moment(one.used_at)}
        </p>
        {remove.isError && <FaultNotice thrown={remove.error} />}
      </div>
      <ConfirmButton sure={me.removeSure} loading={remove.isPending} onConfirm={() => remove.mutate(one.id)}>
        {me.remove}
      </ConfirmButton>
    </li>
  );
}

function AddPasskey() {
  const { me, signIn } = useWords();
  const [form] = Form.useForm<{ name: string }>();
  const add = useDeed({
    act: ({ name }: { name: string }) =>
      addPasskey(name.trim()).catch((thrown: unknown) => passkeyFault(thrown, signIn)),
    done: me.passkeyAdded,
    refreshes: AFTER_CHANGE,
    then: () => form.resetFields(),
  });
  return (
    <Form
      form={form}
      layout="vertical"
      requiredMark={false}
      onFinish={add.mutate}
      className={styles["form"] ?? ""}
    >
      {add.isError && <FaultNotice thrown={add.error} />}
      {!hasPasskeys() && <p className="quiet">{signIn.passkeyUnavailable}</p>}
      <div className={styles["row"]}>
        <Form.Item
          name="name"
          label={me.passkeyName}
          rules={[{ required: true, whitespace: true, message: me.required }]}
        >
          <Input maxLength={64} placeholder={me.passkeyNameHint} />
        </Form.Item>
        <Button htmlType="submit" icon={<KeyOutlined />} loading={add.isPending} disabled={!hasPasskeys()}>
          {me.addPasskey}
        </Button>
      </div>
    </Form>
  );
}
