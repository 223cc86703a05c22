import { Button, Checkbox, Form, Input } from "antd";

import { AFTER_CONSENT_STEP, type ConsentDetail } from "../../api/consents";
import { attachPaper } from "../../api/papers";
import { useWords } from "../../i18n/words";
import { FilePicker } from "../../parts/FilePicker";
import { FaultNotice } from "../../parts/Notice";
import { Section } from "../../parts/Page";
import { useDeed } from "../../parts/useDeed";
import { digestOf } from "./scan";
import styles from "./paper.module.css";

interface Given {
  scan: File;
  reference: string;
  signedOn: string;
  personalSigned?: boolean;
}

/** An institution hands in the digest of a scan that it keeps. */
export function Attach({ detail }: { detail: ConsentDetail }) {
  const { papers } = useWords();
  const attach = useDeed({
    act: async (given: Given) =>
      attachPaper(detail.id, {
        digest: detail.digest,
        sha256: await digestOf(given.scan),
        reference: given.reference.trim(),
        signed_on: given.signedOn,
        personal_signed: given.personalSigned ?? false,
      }),
    done: papers.attached,
    refreshes: AFTER_CONSENT_STEP,
  });
  const required = [{ required: true, message: papers.required }];
  return (
    <Section title={papers.attach} note={papers.attachNote}>
      {attach.isError && <FaultNotice thrown={attach.error} />}
      <Form<Given>
        layout="vertical"
        className={styles["form"] ?? ""}
        onFinish={(given) => attach.mutate(given)}
      >
        <Form.Item name="scan" label={papers.scan} rules={required}>
          <FilePicker accept=".pdf,image/*" words={papers.choose} />
        </Form.Item>
        <Form.Item name="reference" label={papers.reference} rules={required}>
          <Input maxLength={100} placeholder={papers.referenceHint} />
        </Form.Item>
        <Form.Item name="signedOn" label={papers.signedOn} rules={required}>
          <Input type="date" style={{ maxWidth: 220 }} />
        </Form.Item>
        {detail.personal && (
          <Form.Item name="personalSigned" valuePropName="checked">
            <Checkbox>{papers.personalSigned}</Checkbox>
          </Form.Item>
        )}
        <Button type="primary" htmlType="submit" loading={attach.isPending}>
          {papers.attachDo}
        </Button>
      </Form>
    </Section>
  );
}
