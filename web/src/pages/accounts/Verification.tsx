import { useQuery } from "@tanstack/react-query";
import { Button, Checkbox, Form, Input, Modal } from "antd";

import { firmAccountOf } from "../../api/accounts";
import { api, got } from "../../api/client";
import type { FirmAccount } from "../../api/types";
import { usePerson } from "../../app/session";
import { useWords } from "../../i18n/words";
import { Facts } from "../../parts/Facts";
import { Loaded } from "../../parts/Loaded";
import { FaultNotice } from "../../parts/Notice";
import { State } from "../../parts/State";
import { moment, spacedCode } from "../../parts/format";
import { useDeed } from "../../parts/useDeed";
import styles from "./Verification.module.css";

/** One applicant: what it says, what the register says, and the decision with the evidence for it. */
export function Verification({ account, onClose }: { account: string; onClose: () => void }) {
  const { accounts } = useWords();
  const query = useQuery(firmAccountOf(account));
  return (
    <Modal open width={680} title={accounts.firmTitle} footer={null} onCancel={onClose}>
      <Loaded query={query}>{(found) => <Applicant found={found} onClose={onClose} />}</Loaded>
    </Modal>
  );
}

function Applicant({ found, onClose }: { found: FirmAccount; onClose: () => void }) {
  const { accounts } = useWords();
  const person = usePerson();
  const mayDecide = found.state === "pending" && person.may("approve", "firm-account");
  return (
    <>
      <Facts
        facts={[
          [accounts.name, found.name],
          [accounts.firm, <span className="code">{spacedCode(found.subject ?? "")}</span>],
          [accounts.citizenNo, <span className="code">{found.person.citizen_no ?? "—"}</span>],
          [accounts.telephone, <span className="code">{found.person.telephone ?? "—"}</span>],
          [accounts.login, <span className="code">{found.login}</span>],
          [accounts.signedUp, moment(found.created_at)],
        ]}
      />
      <h3 className={styles["head"]}>{accounts.factsTitle}</h3>
      <Register facts={found.facts} />
      {found.approval_note !== null && (
        <p className={styles["head"]}>
          {accounts.evidence}：{found.approval_note}
        </p>
      )}
      {mayDecide && <Decision found={found} onClose={onClose} />}
    </>
  );
}

function Register({ facts }: { facts: FirmAccount["facts"] }) {
  const { accounts } = useWords();
  const number = facts.citizen_no_matches;
  return (
    <ul className={styles["facts"]}>
      <li>
        <State tone={facts.firm_registered ? "good" : "bad"}>
          {facts.firm_registered ? accounts.registered : accounts.notRegistered}
        </State>
      </li>
      {facts.firm_registered && (
        <>
          <li>
            <State tone={facts.name_matches ? "good" : "bad"}>
              {facts.name_matches ? accounts.nameMatches : accounts.nameDiffers}
            </State>
          </li>
          <li>
            <State tone={number === null ? "wait" : number ? "good" : "bad"}>
              {number === null
                ? accounts.numberUnknown
                : number
                  ? accounts.numberMatches
                  : accounts.numberDiffers}
            </State>
          </li>
        </>
      )}
      {facts.representatives.length > 0 && (
        <li>{`${accounts.representatives}：${facts.representatives.map((one) => one.name).join("、")}`}</li>
      )}
    </ul>
  );
}

function Decision({ found, onClose }: { found: FirmAccount; onClose: () => void }) {
  const { accounts } = useWords();
  const [form] = Form.useForm<{ note: string; replace: boolean }>();
  const decide = useDeed({
    act: async (approve: boolean) => {
      const { note, replace } = await form.validateFields();
      return got(
        api.POST("/v1/firm-accounts/{account}/decision", {
          params: { path: { account: found.id } },
          body: { approve, note: note.trim(), replace },
        }),
      );
    },
    done: accounts.decided,
    refreshes: [["firm-accounts"]],
    then: onClose,
  });
  const send = (approve: boolean) =>
    form.validateFields().then(
      () => decide.mutate(approve),
      () => undefined,
    );
  return (
    <Form form={form} layout="vertical" requiredMark={false} initialValues={{ note: "", replace: false }}>
      {decide.isError && <FaultNotice thrown={decide.error} />}
      <Form.Item
        name="note"
        label={accounts.evidence}
        extra={accounts.evidenceHint}
        rules={[{ required: true, whitespace: true, min: 2, message: accounts.evidence }]}
      >
        <Input.TextArea rows={3} maxLength={1000} />
      </Form.Item>
      <Form.Item name="replace" valuePropName="checked" hidden={found.facts.representatives.length === 0}>
        <Checkbox>{accounts.replace}</Checkbox>
      </Form.Item>
      {!found.facts.approvable && <p className={styles["refused"]}>{accounts.notApprovable}</p>}
      <div className={styles["foot"]}>
        <Button danger disabled={decide.isPending} onClick={() => void send(false)}>
          {accounts.refuse}
        </Button>
        <Button
          type="primary"
          disabled={!found.facts.approvable}
          loading={decide.isPending}
          onClick={() => void send(true)}
        >
          {accounts.approve}
        </Button>
      </div>
    </Form>
  );
}
