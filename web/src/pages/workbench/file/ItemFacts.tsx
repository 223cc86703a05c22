import { useQuery } from "@tanstack/react-query";
import { Button, Select } from "antd";
import { useState } from "react";

import {
  definitionOf,
  type Fact,
  type FieldDefinition,
  type InquiryAnswer,
  type ItemAnswer,
  type ItemDefinition,
} from "../../../api/inquiries";
import { catalogue } from "../../../api/platform";
import { useLanguage, useWords } from "../../../i18n/words";
import { Empty } from "../../../parts/Empty";
import { type ExportColumn, ExportButton } from "../../../parts/ExportButton";
import { Facts } from "../../../parts/Facts";
import { Filter } from "../../../parts/Filters";
import { Loaded } from "../../../parts/Loaded";
import { Section } from "../../../parts/Page";
import { type Column, Rows } from "../../../parts/Rows";
import { State, type Tone } from "../../../parts/State";
import { useAddress } from "../../../parts/address";
import { count, day } from "../../../parts/format";
import { typeset } from "../../../parts/typeset";
import { type FactState, isNumeric, newestFirst, shownValue, split, stateOf } from "../../file/shown";
import styles from "./file.module.css";

const PAGE = 50;
const STATE_TONES: Partial<Record<FactState, Tone>> = { current: "good", disputed: "wait", ahead: "wait" };

/** One item's facts at a time, with their origin and the day they came. */
export function ItemFacts({ answer }: { answer: InquiryAnswer }) {
  const { workbench } = useWords();
  const { language } = useLanguage();
  const { value, change } = useAddress();
  const items = useQuery(catalogue);
  const withRows = answer.items.filter((one) => one.rows > 0);
  const asked = answer.items.find((one) => one.item === value("item"));
  const one = asked ?? withRows[0] ?? answer.items[0];
  if (one === undefined) return null;
  const nameOf = (item: ItemAnswer) =>
    typeset(items.data?.items.find(({ item: number }) => number === item.item)?.name[language] ?? item.name);
  const order = [...withRows, ...answer.items.filter(({ rows }) => rows === 0)];
  return (
    <Section
      title={nameOf(one)}
      note={workbench.factsNote}
      actions={<Exporting answer={answer} item={one} />}
    >
      <div className={styles["pick"]}>
        <Filter label={workbench.item} id="item">
          <Select
            id="item"
            showSearch={{ optionFilterProp: "label" }}
            value={one.item}
            style={{ width: "min(100%, 460px)" }}
            options={order.map((item) => ({
              value: item.item,
              label: `${item.item} ${nameOf(item)}（${
                !item.decision.allowed ? workbench.refused : workbench.rows(count(item.rows))
              }）`,
            }))}
            onChange={(item) => change({ item })}
          />
        </Filter>
      </div>
      <OneItem key={one.item} one={one} on={day(answer.answered_at)} />
    </Section>
  );
}

function OneItem({ one, on }: { one: ItemAnswer; on: string }) {
  const { workbench } = useWords();
  const definition = useQuery(definitionOf(one.item));
  if (!one.decision.allowed) {
    return (
      <Empty title={workbench.refused}>{typeset(`${one.decision.reason}。${one.decision.remedy}`)}</Empty>
    );
  }
  return (
    <Loaded query={definition}>
      {(about) => (
        <>
          {one.decision.kept_back !== null && <p className="quiet">{typeset(one.decision.reason)}</p>}
          {one.records.length === 0 ? (
            <Empty title={workbench.noRows}>{workbench.noRowsHint(about.provider.zh)}</Empty>
          ) : (
            <FactRows definition={about} facts={newestFirst(about, one.records)} on={on} />
          )}
        </>
      )}
    </Loaded>
  );
}

/** Every field that any of the facts has, in the order of the catalogue. */
function fieldsOf(definition: ItemDefinition, facts: readonly Fact[]): FieldDefinition[] {
  const filled = new Set(facts.flatMap((fact) => split(definition, fact).filled.map((field) => field.name)));
  return definition.fields.filter((field) => filled.has(field.name));
}

/** A field whose value is the same in all facts need not be repeated in each line. */
function isAlike(field: FieldDefinition, facts: readonly Fact[]): boolean {
  const first = JSON.stringify(facts[0]?.data[field.name] ?? null);
  return facts.every((fact) => JSON.stringify(fact.data[field.name] ?? null) === first);
}

const FEW = 2; // facts that are shown name by name

function FactRows({ definition, facts, on }: { definition: ItemDefinition; facts: Fact[]; on: string }) {
  const { workbench } = useWords();
  const { language } = useLanguage();
  const [most, setMost] = useState(PAGE);
  const say = useValue();
  const fields = fieldsOf(definition, facts);
  if (facts.length <= FEW) {
    return facts.map((fact, place) => (
      <OneFact key={place} fact={fact} fields={fields} definition={definition} on={on} />
    ));
  }
  const alike = fields.filter((field) => isAlike(field, facts));
  const columns: Column<Fact>[] = fields
    .filter((field) => !alike.includes(field))
    .map((field, place) => ({
      title: typeset(field[language]),
      cell: (fact) => <Cell field={field} text={say(field, fact)} />,
      isNumber: isNumeric(field),
      isHead: place === 0,
    }));
  columns.push(
    { title: workbench.state, cell: (fact) => <FactStateWord fact={fact} on={on} /> },
    {
      title: workbench.received,
      cell: (fact) => <span className={styles["short"]}>{day(fact.origin.first_seen)}</span>,
    },
  );
  const [first] = facts;
  return (
    <>
      <h3 className={styles["alike"]}>{workbench.alike}</h3>
      <Facts
        facts={[
          ...alike.map((field): [string, string] => [
            typeset(field[language]),
            first === undefined ? "" : say(field, first),
          ]),
          [workbench.source, definition.provider.zh],
        ]}
      />
      <div className={styles["facts"]}>
        <Rows
          label={definition.name[language]}
          rows={facts.slice(0, most)}
          columns={columns}
          keyOf={(fact) => facts.indexOf(fact)}
          isWide
        />
      </div>
      {facts.length > most && (
        <Button onClick={() => setMost(most + PAGE)}>
          {workbench.moreRows(count(Math.min(PAGE, facts.length - most)))}
        </Button>
      )}
    </>
  );
}

interface OneFactProps {
  fact: Fact;
  fields: FieldDefinition[];
  definition: ItemDefinition;
  on: string;
}

function OneFact({ fact, fields, definition, on }: OneFactProps) {
  const { workbench } = useWords();
  const { language } = useLanguage();
  const say = useValue();
  return (
    <div className={styles["fact"]}>
      <Facts
        facts={[
          ...fields.map((field): [string, string] => [typeset(field[language]), say(field, fact)]),
          [workbench.state, <FactStateWord fact={fact} on={on} />],
          [workbench.source, definition.provider.zh],
          [workbench.received, day(fact.origin.first_seen)],
        ]}
      />
    </div>
  );
}

function FactStateWord({ fact, on }: { fact: Fact; on: string }) {
  const { file } = useWords();
  const state = stateOf(fact, on);
  return <State tone={STATE_TONES[state] ?? "calm"}>{file.states[state]}</State>;
}

/** The value of a field of a fact in words. */
function useValue(): (field: FieldDefinition, fact: Fact) => string {
  const { file } = useWords();
  const { language } = useLanguage();
  return (field, fact) =>
    shownValue(field, fact.data[field.name] ?? null, { language, yes: file.yes, no: file.no });
}

function Cell({ field, text }: { field: FieldDefinition; text: string }) {
  const isLong = text.length > 14;
  return (
    <span className={isLong ? styles["long"] : styles["short"]}>
      {field.type === "uscc" ? <span className="code">{text}</span> : text}
    </span>
  );
}

/** The facts of an item as a sheet, with the inquiry that they come from. */
function Exporting({ answer, item }: { answer: InquiryAnswer; item: ItemAnswer }) {
  const { workbench, file } = useWords();
  const { language } = useLanguage();
  const definition = useQuery(definitionOf(item.item));
  const about = definition.data;
  if (about === undefined || item.records.length === 0) return null;
  const said = { language, yes: file.yes, no: file.no };
  const columns: ExportColumn<Fact>[] = fieldsOf(about, item.records).map((field) => ({
    title: typeset(field[language]) + (field.unit ? `（${field.unit}）` : ""),
    value: (fact) => {
      const value = fact.data[field.name] ?? null;
      return isNumeric(field) ? String(value ?? "") : value === null ? "" : shownValue(field, value, said);
    },
    kind: isNumeric(field) ? ("number" as const) : ("text" as const),
  }));
  columns.push(
    { title: workbench.state, value: (fact) => file.states[stateOf(fact, day(answer.answered_at))] },
    { title: workbench.source, value: () => about.provider.zh },
    { title: workbench.received, value: (fact) => fact.origin.first_seen, kind: "day" },
    { title: workbench.inquiry, value: () => answer.inquiry, width: 38 },
  );
  return (
    <ExportButton
      name={`${answer.subject.name} ${typeset(about.name[language])}`}
      columns={columns}
      readPage={() => Promise.resolve({ rows: newestFirst(about, item.records), total: item.records.length })}
      keyOf={(fact) => item.records.indexOf(fact)}
      pageSize={item.records.length + 1}
      total={item.records.length}
    />
  );
}
