import { Button, Form, Input } from "antd";

import { api, got } from "../../api/client";
import { useWords } from "../../i18n/words";
import { FaultNotice } from "../../parts/Notice";
import { useDeed } from "../../parts/useDeed";
import { publicKeyIn } from "./jwk";

interface Filled {
  jwk: string;
  expires?: string;
}

/** Adds a public key to a client. */
export function AddKey({ client }: { client: string }) {
  const { systems } = useWords();
  const [form] = Form.useForm<Filled>();
  const add = useDeed({
    act: ({ jwk, expires }: Filled) => {
      const key = publicKeyIn(jwk);
      if (typeof key === "string") throw new TypeError("checked by the form");
      return got(
        api.POST("/v1/clients/{client_id}/keys", {
          params: { path: { client_id: client } },
          body: { jwk: key, expires_at: expires ? `${expires}T23:59:59+08:00` : null },
        }),
      );
    },
    done: systems.keyAdded,
    refreshes: [["clients"]],
    then: () => form.resetFields(),
  });
  const check = (_: unknown, text: string | undefined) => {
    const key = publicKeyIn(text ?? "");
    if (key === "wrong") return Promise.reject(new Error(systems.jwkWrong));
    return key === "private" ? Promise.reject(new Error(systems.jwkPrivate)) : Promise.resolve();
  };
  return (
    <Form form={form} layout="vertical" requiredMark={false} onFinish={add.mutate} style={{ marginTop: 16 }}>
      {add.isError && <FaultNotice thrown={add.error} />}
      <Form.Item name="jwk" label={systems.jwk} extra={systems.jwkHint} rules={[{ validator: check }]}>
        <Input.TextArea className="code" rows={4} maxLength={4000} spellCheck={false} autoComplete="off" />
      </Form.Item>
      <Form.Item name="expires" label={systems.expires} extra={systems.expiresHint}>
        <Input type="date" style={{ maxWidth: 220 }} />
      </Form.Item>
      <Button htmlType="submit" loading={add.isPending}>
        {systems.addKey}
      </Button>
    </Form>
  );
}
