import { Alert, Button, Popconfirm } from "antd";
import type { ReactNode } from "react";

import { AFTER_STEP, approveModel, type Model, retireModel, startModel } from "../../api/evaluationDesk";
import { type Person, usePerson } from "../../app/session";
import { useWords, type Words } from "../../i18n/words";
import { ConfirmButton } from "../../parts/ConfirmButton";
import { FaultNotice } from "../../parts/Notice";
import { Section } from "../../parts/Page";
import { useDeed } from "../../parts/useDeed";
import { ValidateForm } from "./ValidateForm";
import { hasHandIn } from "./tones";
import styles from "./models.module.css";

const RIGHT = "evaluation-model";

/** What can be done with a version now, by whom, and what each step leads to. */
export function Acts({ model }: { model: Model }) {
  const { scorecards: words } = useWords();
  const person = usePerson();
  const steps = stepsFor(model, person, words);
  if (steps.length === 0) return null;
  return (
    <Section title={words.next} note={words.nextNote}>
      <ul className={styles["steps"]}>
        {steps.map(([key, step]) => (
          <li key={key}>{step}</li>
        ))}
      </ul>
    </Section>
  );
}

function stepsFor(model: Model, person: Person, words: Words["scorecards"]): [string, ReactNode][] {
  const { state } = model;
  const may = (action: string) => person.may(action, RIGHT);
  const steps: [string, ReactNode][] = [];
  if ((state === "draft" || state === "validated") && may("validate"))
    steps.push(["validate", <ValidateForm model={model} />]);
  if (state === "draft" && !may("validate") && may("approve"))
    steps.push(["waits", <Alert type="info" showIcon title={words.waitsValidation} />]);
  if (state === "validated" && may("approve"))
    steps.push(["approve", hasHandIn(model, person.id) ? <NotAlone /> : <Approve model={model} />]);
  if (state === "validated" && !may("approve") && may("validate"))
    steps.push(["waits", <Alert type="info" showIcon title={words.waitsApproval} />]);
  if (state === "approved" && may("start")) steps.push(["start", <Start model={model} />]);
  if (state !== "retired" && may("retire")) steps.push(["retire", <Retire model={model} />]);
  return steps;
}

function NotAlone() {
  const { scorecards: words } = useWords();
  return <Alert type="info" showIcon title={words.notAlone} description={words.notAloneHint} />;
}

function Approve({ model }: { model: Model }) {
  const { scorecards: words } = useWords();
  const deed = useDeed({
    act: () => approveModel(model.id, model.version),
    done: words.approved,
    refreshes: AFTER_STEP,
  });
  return (
    <Step words={words.approveWords} fault={deed.error}>
      <Sure sure={words.approveSure} label={words.approve} deed={deed} />
    </Step>
  );
}

function Start({ model }: { model: Model }) {
  const { scorecards: words } = useWords();
  const deed = useDeed({
    act: () => startModel(model.id, model.version),
    done: words.started,
    refreshes: AFTER_STEP,
  });
  return (
    <Step words={words.startWords} fault={deed.error}>
      <Sure sure={words.startSure} label={words.start} deed={deed} />
    </Step>
  );
}

function Retire({ model }: { model: Model }) {
  const { scorecards: words } = useWords();
  const deed = useDeed({
    act: () => retireModel(model.id, model.version),
    done: words.retired,
    refreshes: AFTER_STEP,
  });
  const isInForce = model.state === "in_force";
  return (
    <Step words={isInForce ? words.retireWords : words.dropWords} fault={deed.error}>
      <ConfirmButton
        sure={isInForce ? words.retireSure : words.dropSure}
        loading={deed.isPending}
        onConfirm={() => deed.mutate(undefined)}
      >
        {words.retire}
      </ConfirmButton>
    </Step>
  );
}

function Step({ words, fault, children }: { words: string; fault: Error | null; children: ReactNode }) {
  return (
    <>
      <div className={styles["stepHead"]}>
        <p>{words}</p>
        {children}
      </div>
      {fault !== null && <FaultNotice thrown={fault} />}
    </>
  );
}

interface SureProps {
  sure: string;
  label: string;
  deed: { isPending: boolean; mutate: (input: undefined) => void };
}

function Sure({ sure, label, deed }: SureProps) {
  const { shell } = useWords();
  return (
    <Popconfirm
      title={<div style={{ maxWidth: 320 }}>{sure}</div>}
      okText={label}
      cancelText={shell.cancel}
      onConfirm={() => deed.mutate(undefined)}
    >
      <Button type="primary" loading={deed.isPending}>
        {label}
      </Button>
    </Popconfirm>
  );
}
