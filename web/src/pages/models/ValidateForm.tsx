import { Alert, Button, Form, Input } from "antd";
import { useState } from "react";

import { AFTER_STEP, type Model, validateModel } from "../../api/evaluationDesk";
import { useWords } from "../../i18n/words";
import { FilePicker } from "../../parts/FilePicker";
import { FaultNotice } from "../../parts/Notice";
import { count, today } from "../../parts/format";
import { useDeed } from "../../parts/useDeed";
import { type Outcomes, OUTCOMES_MAX, readOutcomes } from "./outcomes";
import styles from "./models.module.css";

const FILE_MAX = 2_000_000; // bytes

/** A version is validated over all subjects, on outcomes where they are known. */
export function ValidateForm({ model }: { model: Model }) {
  const { scorecards: words } = useWords();
  const [file, setFile] = useState<File | undefined>();
  const [given, setGiven] = useState<Outcomes | "large" | null>(null);
  const deed = useDeed({
    act: ({ source, earlier }: { source: string; earlier?: string }) =>
      validateModel(model.id, model.version, {
        source: source.trim(),
        earlier: earlier || null,
        outcomes: given !== null && given !== "large" ? given.outcomes : [],
      }),
    done: words.validated,
    refreshes: AFTER_STEP,
  });
  const choose = async (chosen: File | undefined) => {
    setFile(chosen);
    if (chosen === undefined) setGiven(null);
    else setGiven(chosen.size > FILE_MAX ? "large" : readOutcomes(await chosen.text()));
  };
  const isBad =
    given === "large" ||
    (given !== null && (given.faults.length > 0 || given.outcomes.length > OUTCOMES_MAX));
  return (
    <Form
      layout="vertical"
      requiredMark={false}
      className={styles["form"] ?? ""}
      onFinish={(values: { source: string; earlier?: string }) => deed.mutate(values)}
    >
      <p className="quiet">
        {model.state === "draft" ? words.validateWords : words.validateAgainWords} {words.syntheticWords}
      </p>
      <Form.Item
        name="source"
        label={words.outcomesSource}
        extra={words.outcomesSourceHint}
        rules={[{ required: true, min: 2, message: words.outcomesSourceNeeded }]}
      >
        <Input maxLength={200} />
      </Form.Item>
      <Form.Item label={words.outcomesFile} extra={words.outcomesFileHint} htmlFor="outcomes">
        <FilePicker
          id="outcomes"
          value={file}
          accept=".csv,.txt,text/csv"
          words={words.chooseOutcomes}
          onChange={(chosen) => void choose(chosen)}
        />
      </Form.Item>
      <Form.Item name="earlier" label={words.earlier} extra={words.earlierHint}>
        <Input type="date" max={today()} style={{ maxWidth: 200 }} />
      </Form.Item>
      {given === "large" && <Alert type="error" showIcon title={words.outcomesLarge(count(OUTCOMES_MAX))} />}
      {given !== null && given !== "large" && <Read given={given} />}
      {deed.isError && <FaultNotice thrown={deed.error} />}
      <Button htmlType="submit" type="primary" disabled={isBad} loading={deed.isPending}>
        {words.validate}
      </Button>
    </Form>
  );
}

function Read({ given }: { given: Outcomes }) {
  const { scorecards: words } = useWords();
  const { outcomes, faults } = given;
  if (outcomes.length > OUTCOMES_MAX)
    return <Alert type="error" showIcon title={words.outcomesLarge(count(OUTCOMES_MAX))} />;
  if (faults.length === 0) {
    const bad = outcomes.filter((one) => one.bad).length;
    return <Alert type="info" showIcon title={words.outcomesRead(count(outcomes.length), count(bad))} />;
  }
  return (
    <Alert
      type="error"
      showIcon
      role="alert"
      title={words.outcomesFaults(count(faults.length))}
      description={
        <ul className={styles["faults"]}>
          {faults.slice(0, 20).map((one) => (
            <li key={one.line}>
              <span className="num">{words.atLine(one.line)}</span>
              <span>
                {words.lineFaults[one.fault]} <span className="code">{one.text}</span>
              </span>
            </li>
          ))}
        </ul>
      }
    />
  );
}
