import { useQuery } from "@tanstack/react-query";
import { Button, Form, Input, Select } from "antd";
import { useState } from "react";

import { definition } from "../../api/definitions";
import { catalogue } from "../../api/platform";
import { type Verified, verifiable, verify } from "../../api/verification";
import { useLanguage, useWords } from "../../i18n/words";
import { Filter, Filters } from "../../parts/Filters";
import { FaultNotice } from "../../parts/Notice";
import { Section } from "../../parts/Page";
import { State, type Tone } from "../../parts/State";
import { typeset } from "../../parts/typeset";
import { useDeed } from "../../parts/useDeed";

const TONES: Record<Verified["outcome"], Tone> = { match: "good", no_match: "bad", nothing_known: "calm" };

/** Whether what the firm told is what is known: yes or no, never the value. */
export function Verify({ code, purpose }: { code: string; purpose: string }) {
  const { workbench } = useWords();
  const { language } = useLanguage();
  const allowed = useQuery(verifiable);
  const items = useQuery(catalogue);
  const numbers = Object.keys(allowed.data ?? {});
  const [chosen, choose] = useState("");
  const item = chosen || (numbers[0] ?? "");
  const nameOf = (number: string) =>
    typeset(items.data?.items.find((one) => one.item === number)?.name[language] ?? number);
  if (numbers.length === 0) return null;
  return (
    <Section title={workbench.verify} note={workbench.verifyNote}>
      <Filters>
        <Filter label={workbench.verifyItem} id="verify-item">
          <Select
            id="verify-item"
            value={item}
            options={numbers.map((number) => ({ value: number, label: nameOf(number) }))}
            onChange={choose}
            style={{ minWidth: 280 }}
          />
        </Filter>
      </Filters>
      <Claim key={item} code={code} purpose={purpose} item={item} fields={allowed.data?.[item] ?? []} />
    </Section>
  );
}

interface ClaimProps {
  code: string;
  purpose: string;
  item: string;
  fields: readonly string[];
}

function Claim({ code, purpose, item, fields }: ClaimProps) {
  const { workbench } = useWords();
  const { language } = useLanguage();
  const known = useQuery(definition(item));
  const [facts, setFacts] = useState<Record<string, string>>({});
  const [answer, setAnswer] = useState<Verified>();
  const told = Object.fromEntries(Object.entries(facts).filter(([, text]) => text.trim() !== ""));
  const deed = useDeed({ act: verify, then: setAnswer, refreshes: [["inquiries"]] });
  const label = (name: string) => known.data?.fields.find((one) => one.name === name)?.[language] ?? name;
  return (
    <Form layout="vertical" onFinish={() => deed.mutate({ subject: code, purpose, item, facts: told })}>
      {fields.map((name) => (
        <Form.Item key={name} label={typeset(label(name))} htmlFor={`verify-${name}`}>
          <Input
            id={`verify-${name}`}
            value={facts[name] ?? ""}
            maxLength={200}
            autoComplete="off"
            style={{ maxWidth: 420 }}
            onChange={({ target }) => {
              setAnswer(undefined);
              setFacts({ ...facts, [name]: target.value });
            }}
          />
        </Form.Item>
      ))}
      {deed.error !== null && <FaultNotice thrown={deed.error} />}
      <Button htmlType="submit" loading={deed.isPending} disabled={Object.keys(told).length === 0}>
        {workbench.verifyAsk}
      </Button>
      {answer !== undefined && (
        <p role="status" style={{ marginTop: 16 }}>
          <State tone={TONES[answer.outcome]}>{workbench.verifyOutcomes[answer.outcome]}</State>{" "}
          {workbench.verifyLeaf(String(answer.leaf))}
        </p>
      )}
    </Form>
  );
}
