import { Button, Form, Input, Select } from "antd";

import { enterObjection, type Evaluation } from "../../api/ownEvaluation";
import { usePerson } from "../../app/session";
import { useWords } from "../../i18n/words";
import { FaultNotice } from "../../parts/Notice";
import { Section } from "../../parts/Page";
import { useAddress } from "../../parts/address";
import { typeset } from "../../parts/typeset";
import { useDeed } from "../../parts/useDeed";
import { FactsBehind } from "./FactsBehind";
import { type Subject, subjectsOf, wishOf } from "./objecting";

const LEAST = 10; // characters, as the node asks

/** What is wrong and why; what it is about stands in the address, so that a reason leads here. */
export function ObjectionForm({ evaluation }: { evaluation: Evaluation }) {
  const { evaluation: words } = useWords();
  const person = usePerson();
  const { value, change } = useAddress();
  const [form] = Form.useForm<{ text: string }>();
  const subjects = subjectsOf(evaluation);
  const key = subjects.has(value("about")) ? value("about") : "";
  const chosen: Subject = subjects.get(key) ?? { kind: "whole" };
  const nameOf = (one: Subject) =>
    one.kind === "whole"
      ? words.aboutWhole
      : one.kind === "indicator"
        ? words.aboutIndicator(typeset(one.name))
        : words.aboutFact(typeset(one.fact.item_name), typeset(one.name));
  const send = useDeed({
    act: (text: string) => enterObjection(person.subject ?? "", wishOf(chosen, text)),
    done: words.sent,
    refreshes: [["own-evaluation"]],
    then: () => form.resetFields(),
  });
  return (
    <Section title={words.object} note={words.objectionsNote}>
      {send.isError && <FaultNotice thrown={send.error} />}
      <Form
        form={form}
        layout="vertical"
        requiredMark={false}
        onFinish={({ text }) => send.mutate(text.trim())}
        style={{ maxWidth: 720 }}
      >
        <Form.Item label={words.about} htmlFor="about">
          <Select
            id="about"
            value={key}
            options={[...subjects].map(([id, one]) => ({ value: id, label: nameOf(one) }))}
            onChange={(about: string) => change({ about })}
          />
        </Form.Item>
        {chosen.kind === "fact" && (
          <div style={{ marginBottom: 22 }}>
            <FactsBehind facts={[chosen.fact]} />
          </div>
        )}
        <Form.Item
          name="text"
          label={words.text}
          extra={words.textHint}
          rules={[{ required: true, whitespace: true, min: LEAST, message: words.textMissing }]}
        >
          <Input.TextArea rows={4} maxLength={2000} showCount />
        </Form.Item>
        <Button type="primary" htmlType="submit" loading={send.isPending}>
          {words.send}
        </Button>
      </Form>
    </Section>
  );
}
