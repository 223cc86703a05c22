import { Button, Form, Input, Select } from "antd";
import { useState } from "react";

import type { MemberDocument } from "../../api/types";
import { upload } from "../../api/upload";
import { useWords } from "../../i18n/words";
import { FilePicker } from "../../parts/FilePicker";
import { FaultNotice } from "../../parts/Notice";
import { useDeed } from "../../parts/useDeed";

const MOST = 20 * 1024 * 1024;
const FORMS = [".pdf", ".png", ".jpg", ".ofd"];

interface Filled {
  kind: string;
  file: File;
  dated?: string;
  valid_to?: string;
}

/** Hands in one document. */
export function UploadForm({ memberId, kinds }: { memberId: string; kinds: Record<string, string> }) {
  const { members } = useWords();
  const [form] = Form.useForm<Filled>();
  const [percent, setPercent] = useState(0);
  const send = useDeed({
    act: ({ kind, file, dated, valid_to }: Filled) => {
      const query = new URLSearchParams({ kind, name: file.name });
      if (dated) query.set("dated", dated);
      if (valid_to) query.set("valid_to", valid_to);
      setPercent(0);
      return upload<MemberDocument>(`/v1/members/${memberId}/documents?${query}`, file, setPercent);
    },
    done: members.uploaded,
    refreshes: [["member", memberId]],
    then: () => form.resetFields(),
  });
  return (
    <Form form={form} layout="vertical" requiredMark={false} onFinish={send.mutate} style={{ maxWidth: 560 }}>
      {send.isError && <FaultNotice thrown={send.error} />}
      <Form.Item
        name="kind"
        label={members.documentKind}
        rules={[{ required: true, message: members.required }]}
      >
        <Select options={Object.entries(kinds).map(([value, label]) => ({ value, label }))} />
      </Form.Item>
      <Form.Item
        name="file"
        label={members.file}
        rules={[
          { required: true, message: members.fileMissing },
          {
            validator: (_, file: File | undefined) => {
              if (file === undefined) return Promise.resolve();
              if (file.size > MOST) return Promise.reject(new Error(members.fileTooLarge));
              const known = FORMS.some((form) => file.name.toLowerCase().endsWith(form));
              return known ? Promise.resolve() : Promise.reject(new Error(members.fileForm));
            },
          },
        ]}
      >
        <FilePicker accept={FORMS.join(",")} words={members.choose} />
      </Form.Item>
      <Form.Item name="dated" label={members.dated}>
        <Input type="date" />
      </Form.Item>
      <Form.Item name="valid_to" label={members.validTo}>
        <Input type="date" />
      </Form.Item>
      <Button type="primary" htmlType="submit" loading={send.isPending}>
        {send.isPending ? members.sending(String(percent)) : members.upload}
      </Button>
    </Form>
  );
}
