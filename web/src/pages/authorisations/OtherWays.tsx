import { useQuery } from "@tanstack/react-query";
import { Button, Form, Input } from "antd";

import {
  AFTER_CONSENT_STEP,
  type ConsentDetail,
  consentPurposes,
  signBeforeWitness,
  signByCertificate,
} from "../../api/consents";
import { usePerson } from "../../app/session";
import { useWords } from "../../i18n/words";
import { FilePicker } from "../../parts/FilePicker";
import { FaultNotice } from "../../parts/Notice";
import { Section } from "../../parts/Page";
import { useDeed } from "../../parts/useDeed";
import styles from "./authorisations.module.css";
import { signatureText } from "./proof";
import type { Signing } from "./useSigning";

/** Ways to sign besides the passkey, those that the purpose admits. */
export function OtherWays({ detail, signing }: { detail: ConsentDetail; signing: Signing }) {
  const { authorisations: words } = useWords();
  const purposes = useQuery(consentPurposes).data?.purposes;
  const offered = purposes?.find((one) => one.purpose === detail.purpose)?.signing ?? {};
  const ways = (["certificate", "witnessed", "paper"] as const).filter((one) => one in offered);
  if (ways.length === 0) return null;
  return (
    <Section title={words.otherWays}>
      {ways.map((way) => (
        <details key={way} className={styles["text"]}>
          <summary>{words.ways[way]}</summary>
          {way === "certificate" && <ByCertificate signing={signing} />}
          {way === "witnessed" && <BeforeWitness signing={signing} />}
          {way === "paper" && (
            <>
              <p>{words.paperNote}</p>
              <Button onClick={() => window.print()}>{words.print}</Button>
            </>
          )}
        </details>
      ))}
    </Section>
  );
}

/** The content is confirmed first: only then there are the bytes that are signed. */
function ByCertificate({ signing }: { signing: Signing }) {
  const { authorisations: words } = useWords();
  const { prepared, personal, confirm, fault, say } = signing;
  const required = [{ required: true, message: words.required }];
  const sign = useDeed({
    act: async ({ signature, certificates }: { signature: File; certificates: File }) => {
      if (prepared === null) throw new Error("nothing prepared");
      const bytes = new Uint8Array(await signature.arrayBuffer());
      const proof = { signature: signatureText(bytes), certificates: await certificates.text() };
      return signByCertificate(prepared, personal, proof);
    },
    done: say,
    refreshes: AFTER_CONSENT_STEP,
  });
  return (
    <>
      <p>{words.certificateNote}</p>
      {prepared === null ? (
        <Button
          disabled={fault !== null}
          loading={confirm.isPending}
          onClick={() => confirm.mutate(undefined)}
        >
          {words.certificateStep}
        </Button>
      ) : (
        <Form layout="vertical" requiredMark={false} onFinish={sign.mutate}>
          {sign.isError && <FaultNotice thrown={sign.error} />}
          <p>
            <a
              href={`/v1/consents/${prepared.consent.id}/artefact`}
              download={`authorisation-${prepared.consent.id}.json`}
            >
              {words.download}
            </a>
          </p>
          <div className={styles["terms"]}>
            <Form.Item name="signature" label={words.signatureFile} rules={required}>
              <FilePicker accept=".sig,.p7s,.b64,.txt,.bin" words={words.choose} />
            </Form.Item>
            <Form.Item name="certificates" label={words.certificateFile} rules={required}>
              <FilePicker accept=".pem,.crt,.cer" words={words.choose} />
            </Form.Item>
          </div>
          <Button htmlType="submit" type="primary" loading={sign.isPending}>
            {words.signByCertificate}
          </Button>
        </Form>
      )}
    </>
  );
}

function BeforeWitness({ signing }: { signing: Signing }) {
  const { authorisations: words } = useWords();
  const person = usePerson();
  const { prepared, personal, confirm, fault, say } = signing;
  const sign = useDeed({
    act: async (proof: { login: string; password: string; code: string }) => {
      if (prepared === null) throw new Error("nothing prepared");
      return signBeforeWitness(prepared, personal, proof);
    },
    done: say,
    refreshes: AFTER_CONSENT_STEP,
  });
  const required = [{ required: true, message: words.required }];
  return (
    <>
      <p>{words.witnessedNote}</p>
      {prepared === null ? (
        <Button
          disabled={fault !== null}
          loading={confirm.isPending}
          onClick={() => confirm.mutate(undefined)}
        >
          {words.certificateStep}
        </Button>
      ) : (
        <Form
          layout="vertical"
          requiredMark={false}
          initialValues={{ login: person.login }}
          onFinish={sign.mutate}
        >
          {sign.isError && <FaultNotice thrown={sign.error} />}
          <div className={styles["terms"]}>
            <Form.Item name="login" label={words.login} rules={required}>
              <Input autoComplete="username" maxLength={64} />
            </Form.Item>
            <Form.Item name="password" label={words.password} rules={required}>
              <Input.Password autoComplete="current-password" maxLength={256} />
            </Form.Item>
            <Form.Item name="code" label={words.code} rules={required}>
              <Input autoComplete="one-time-code" inputMode="numeric" maxLength={6} />
            </Form.Item>
          </div>
          <Button htmlType="submit" type="primary" loading={sign.isPending}>
            {words.signWitnessed}
          </Button>
        </Form>
      )}
    </>
  );
}
