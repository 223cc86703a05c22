import { useQuery } from "@tanstack/react-query";
import { Alert, Button, Checkbox, Form, Input, Popconfirm, Radio } from "antd";
import { useState } from "react";

import {
  AFTER_OBJECTION,
  decideObjection,
  type Decision,
  evaluatedOf,
  type FactBehind,
  type ObjectionDetail,
  takeObjection,
} from "../../api/objectionDesk";
import { usePerson } from "../../app/session";
import { useWords } from "../../i18n/words";
import { Loaded } from "../../parts/Loaded";
import { FaultNotice } from "../../parts/Notice";
import { Section } from "../../parts/Page";
import { useDeed } from "../../parts/useDeed";
import { Records } from "./Records";
import { factsOf, wrongOf } from "./wrong";
import styles from "./objections.module.css";

interface Props {
  one: ObjectionDetail;
}

/** A person takes the review, looks at the records, answers with reasons. */
export function Review({ one, mayReview }: Props & { mayReview: boolean }) {
  const { objectionDesk: words } = useWords();
  const person = usePerson();
  if (!mayReview) {
    return (
      <Section title={words.review}>
        <Alert type="info" showIcon title={words.notYours} />
      </Section>
    );
  }
  if (one.state === "received") return <Take one={one} />;
  if (one.reviewer_name !== person.name) {
    return (
      <Section title={words.review}>
        <Alert type="info" showIcon title={words.takenBy(one.reviewer_name ?? "—")} />
      </Section>
    );
  }
  return <Decide one={one} />;
}

function Take({ one }: Props) {
  const { objectionDesk: words } = useWords();
  const deed = useDeed({
    act: () => takeObjection(one.id),
    done: words.taken,
    refreshes: AFTER_OBJECTION,
  });
  return (
    <Section title={words.review} note={words.takeNote}>
      {deed.isError && <FaultNotice thrown={deed.error} />}
      <Button type="primary" loading={deed.isPending} onClick={() => deed.mutate(undefined)}>
        {words.take}
      </Button>
    </Section>
  );
}

function Decide({ one }: Props) {
  const { objectionDesk: words, shell, evaluation } = useWords();
  const [wrong, setWrong] = useState<ReadonlyMap<string, string>>(new Map());
  const [form] = Form.useForm<{ outcome: Decision["outcome"]; reasons: string }>();
  const outcome = Form.useWatch("outcome", form);
  const reasons = Form.useWatch("reasons", form) ?? "";
  const query = useQuery(evaluatedOf(one.subject));
  const facts = query.data === undefined ? [] : factsOf(query.data, one.indicator);
  const named = outcome === "rejected" ? [] : wrongOf(facts, wrong);
  const deed = useDeed({
    act: (body: Decision) => decideObjection(one.id, body),
    done: words.decidedDone,
    refreshes: AFTER_OBJECTION,
  });
  const isUnsaid = named.some((record) => record.what.trim().length < 4);
  const isReady = outcome !== undefined && reasons.trim().length >= 10 && !isUnsaid;
  return (
    <Section title={words.decide} note={words.decideNote}>
      <Form form={form} layout="vertical" className={styles["form"] ?? ""}>
        <Form.Item name="outcome" label={words.outcome}>
          <Radio.Group
            options={(["upheld", "partly", "rejected"] as const).map((value) => ({
              value,
              label: evaluation.states[value],
            }))}
          />
        </Form.Item>
        <Form.Item name="reasons" label={words.reasons} extra={words.reasonsHint}>
          <Input.TextArea rows={5} maxLength={2000} showCount />
        </Form.Item>
        {outcome !== undefined && outcome !== "rejected" && (
          <fieldset className={styles["wrong"]}>
            <legend>{words.wrongChoice}</legend>
            <p className="quiet">{words.wrongChoiceNote}</p>
            <Loaded query={query}>
              {() =>
                facts.length === 0 ? (
                  <p>{words.noRecords}</p>
                ) : (
                  <Choice facts={facts} wrong={wrong} onChange={setWrong} />
                )
              }
            </Loaded>
          </fieldset>
        )}
        {deed.isError && <FaultNotice thrown={deed.error} />}
        <Popconfirm
          title={
            <div style={{ maxWidth: 320 }}>
              {outcome === "rejected" ? words.rejectSure : words.upholdSure(named.length)}
            </div>
          }
          okText={words.send}
          cancelText={shell.cancel}
          disabled={!isReady}
          onConfirm={() =>
            outcome !== undefined && deed.mutate({ outcome, reasons: reasons.trim(), wrong: named })
          }
        >
          <Button type="primary" disabled={!isReady} loading={deed.isPending}>
            {words.send}
          </Button>
        </Popconfirm>
        {!isReady && <p className="quiet">{words.needed}</p>}
      </Form>
    </Section>
  );
}

interface ChoiceProps {
  facts: FactBehind[];
  wrong: ReadonlyMap<string, string>;
  onChange: (wrong: ReadonlyMap<string, string>) => void;
}

function Choice({ facts, wrong, onChange }: ChoiceProps) {
  const { objectionDesk: words } = useWords();
  const set = (place: number, what: string | null) => {
    const after = new Map(wrong);
    if (what === null) after.delete(String(place));
    else after.set(String(place), what);
    onChange(after);
  };
  return (
    <Records
      facts={facts}
      lead={(_, place) => (
        <Checkbox
          checked={wrong.has(String(place))}
          aria-label={words.isWrong(place + 1)}
          onChange={({ target }) => set(place, target.checked ? "" : null)}
        />
      )}
      tail={(_, place) =>
        wrong.has(String(place)) && (
          <Input
            aria-label={words.what}
            placeholder={words.whatHint}
            maxLength={500}
            value={wrong.get(String(place))}
            onChange={({ target }) => set(place, target.value)}
          />
        )
      }
    />
  );
}
