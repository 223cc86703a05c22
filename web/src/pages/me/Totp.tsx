import { Button, Form, Input, QRCode } from "antd";
import { useState } from "react";

import { api, got } from "../../api/client";
import { AFTER_CHANGE } from "../../api/passkeys";
import { noted } from "../../api/session";
import type { Enrolment } from "../../api/types";
import { usePerson } from "../../app/session";
import { useWords } from "../../i18n/words";
import { ConfirmButton } from "../../parts/ConfirmButton";
import { FaultNotice } from "../../parts/Notice";
import { Section } from "../../parts/Page";
import { State } from "../../parts/State";
import { useDeed } from "../../parts/useDeed";
import { RecoveryCodes } from "./RecoveryCodes";
import styles from "./me.module.css";

/** One-time codes: set up with a QR code, recovery codes, turn off. */
export function Totp() {
  const { me } = useWords();
  const person = usePerson();
  const [codes, setCodes] = useState<string[] | null>(null);
  const begin = useDeed({ act: () => got(api.POST("/v1/session/totp")) });
  const renew = useDeed({
    act: () => got(api.POST("/v1/session/recovery-codes")),
    then: (answer) => setCodes(answer.recovery_codes),
  });
  const remove = useDeed({
    act: () => got(api.DELETE("/v1/session/totp")),
    done: me.totpRemoved,
    refreshes: AFTER_CHANGE,
  });
  const confirmed = (fresh: string[]) => {
    begin.reset();
    setCodes(fresh);
  };
  return (
    <Section
      title={me.totp}
      note={me.totpNote}
      actions={<State tone={person.totp ? "good" : "calm"}>{person.totp ? me.totpOn : me.totpOff}</State>}
    >
      {[begin, renew, remove].map(
        (deed, index) => deed.isError && <FaultNotice key={index} thrown={deed.error} />,
      )}
      {codes !== null && <RecoveryCodes codes={codes} onKept={() => setCodes(null)} />}
      {begin.isSuccess && <Enrol begun={begin.data} onConfirmed={confirmed} />}
      {!person.totp && !begin.isSuccess && (
        <Button loading={begin.isPending} onClick={() => begin.mutate(undefined)}>
          {me.enrol}
        </Button>
      )}
      {person.totp && codes === null && (
        <div style={{ display: "flex", flexWrap: "wrap", gap: 12 }}>
          <Button loading={renew.isPending} onClick={() => renew.mutate(undefined)}>
            {me.recoveryRenew}
          </Button>
          <ConfirmButton
            sure={me.totpRemoveSure}
            loading={remove.isPending}
            onConfirm={() => remove.mutate(undefined)}
          >
            {me.totpRemove}
          </ConfirmButton>
        </div>
      )}
    </Section>
  );
}

interface EnrolProps {
  begun: Enrolment;
  onConfirmed: (codes: string[]) => void;
}

function Enrol({ begun, onConfirmed }: EnrolProps) {
  const { me } = useWords();
  const confirm = useDeed({
    act: async ({ code }: { code: string }) => {
      const answer = await got(
        api.POST("/v1/session/totp/confirm", { body: { enrolment: begun.enrolment, code: code.trim() } }),
      );
      noted(answer.session);
      return answer.recovery_codes;
    },
    done: me.totpEnabled,
    refreshes: AFTER_CHANGE,
    then: onConfirmed,
  });
  return (
    <div className={styles["enrol"]}>
      <QRCode
        value={begun.uri}
        aria-label={me.qrLabel}
        size={200}
        color="#000000"
        className={styles["qr"] ?? ""}
      />
      <div>
        <h3>{me.enrolStep1}</h3>
        <p className="quiet">{me.enrolStep1Note}</p>
        <p className="code">{begun.secret.replace(/(.{4})(?=.)/g, "$1 ")}</p>
        <h3 style={{ marginTop: 20 }}>{me.enrolStep2}</h3>
        {confirm.isError && <FaultNotice thrown={confirm.error} />}
        <Form layout="vertical" requiredMark={false} onFinish={confirm.mutate}>
          <Form.Item name="code" label={me.code} rules={[{ required: true, message: me.required }]}>
            <Input className="code" inputMode="numeric" autoComplete="one-time-code" maxLength={8} />
          </Form.Item>
          <Button type="primary" htmlType="submit" loading={confirm.isPending}>
            {me.confirm}
          </Button>
        </Form>
      </div>
    </div>
  );
}
