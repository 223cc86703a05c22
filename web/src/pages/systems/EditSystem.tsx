import { Button, Checkbox, Form, Input } from "antd";

import { api, got } from "../../api/client";
import type { ClientSystem } from "../../api/types";
import { useWords } from "../../i18n/words";
import { FaultNotice } from "../../parts/Notice";
import { useDeed } from "../../parts/useDeed";
import { linesOf } from "./lines";

interface Filled {
  networks: string;
  certificate_bound: boolean;
  certificates: string;
}

/** From where a system may call, and with which certificates. */
export function EditSystem({ client }: { client: ClientSystem }) {
  const { shell, systems } = useWords();
  const save = useDeed({
    act: ({ networks, certificate_bound, certificates }: Filled) =>
      got(
        api.PATCH("/v1/clients/{client_id}", {
          params: { path: { client_id: client.id } },
          body: { networks: linesOf(networks), certificate_bound, certificates: linesOf(certificates) },
        }),
      ),
    done: systems.saved,
    refreshes: [["clients"]],
  });
  return (
    <Form
      layout="vertical"
      requiredMark={false}
      initialValues={{
        networks: client.networks.join("\n"),
        certificate_bound: client.certificate_bound,
        certificates: client.certificates.join("\n"),
      }}
      onFinish={save.mutate}
      style={{ marginTop: 16 }}
    >
      {save.isError && <FaultNotice thrown={save.error} />}
      <Form.Item name="networks" label={systems.networks} extra={systems.networksHint}>
        <Input.TextArea className="code" rows={3} placeholder="203.0.113.0/24" spellCheck={false} />
      </Form.Item>
      <Form.Item name="certificate_bound" valuePropName="checked">
        <Checkbox>{systems.bound}</Checkbox>
      </Form.Item>
      <Form.Item name="certificates" label={systems.certificates} extra={systems.certificatesHint}>
        <Input.TextArea className="code" rows={2} spellCheck={false} />
      </Form.Item>
      <Button htmlType="submit" loading={save.isPending}>
        {shell.save}
      </Button>
    </Form>
  );
}
