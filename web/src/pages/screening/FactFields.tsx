import { useQuery } from "@tanstack/react-query";
import { Button, Input, Select } from "antd";

import { definitionOf, type FieldDefinition } from "../../api/inquiries";
import { catalogue } from "../../api/platform";
import { useLanguage, useWords } from "../../i18n/words";
import { typeset } from "../../parts/typeset";
import type { OwnFact } from "./criteria";
import styles from "./screening.module.css";

const OPS: Record<string, OwnFact["op"][]> = {
  code: ["in"],
  boolean: ["in"],
  division: ["in", "begins"],
  industry: ["in", "begins"],
  integer: ["from", "to"],
  decimal: ["from", "to"],
  year: ["from", "to"],
  date: ["from", "to"],
  month: ["from", "to"],
};
const MOST = 4;

/** Conditions on any open item: that it is there or not, and what one of its fields says. */
export function FactFields({ facts, onChange }: { facts: OwnFact[]; onChange: (facts: OwnFact[]) => void }) {
  const { screening } = useWords();
  const set = (place: number, changes: Partial<OwnFact>) =>
    onChange(facts.map((one, at) => (at === place ? { ...one, ...changes } : one)));
  return (
    <div className={styles["facts"]}>
      {facts.map((one, place) => (
        <FactLine
          key={place}
          one={one}
          onChange={(changes) => set(place, changes)}
          onRemove={() => onChange(facts.filter((_, at) => at !== place))}
        />
      ))}
      {facts.length < MOST && (
        <Button
          onClick={() => onChange([...facts, { item: "", present: true, field: "", op: "in", value: "" }])}
        >
          {screening.addFact}
        </Button>
      )}
    </div>
  );
}

interface LineProps {
  one: OwnFact;
  onChange: (changes: Partial<OwnFact>) => void;
  onRemove: () => void;
}

function FactLine({ one, onChange, onRemove }: LineProps) {
  const { screening } = useWords();
  const { language } = useLanguage();
  const items = useQuery(catalogue);
  const definition = useQuery({ ...definitionOf(one.item), enabled: one.item !== "" });
  const fields = (definition.data?.fields ?? []).filter(
    (field) => field.sensitivity === "open" && field.type in OPS,
  );
  const field = fields.find(({ name }) => name === one.field);
  const ops = field === undefined ? [] : (OPS[field.type] ?? []);
  return (
    <div className={styles["fact"]}>
      <Select
        aria-label={screening.has}
        value={one.present}
        options={[
          { value: true, label: screening.has },
          { value: false, label: screening.hasNot },
        ]}
        onChange={(present) => onChange({ present })}
      />
      <Select
        aria-label={screening.item}
        showSearch={{ optionFilterProp: "label" }}
        placeholder={screening.item}
        value={one.item === "" ? null : one.item}
        options={(items.data?.items ?? [])
          .filter(({ access }) => access === "open")
          .map(({ item, name }) => ({ value: item, label: `${item} ${typeset(name[language])}` }))}
        onChange={(item) => onChange({ item: item ?? "", field: "", value: "" })}
      />
      <Select
        aria-label={screening.field}
        disabled={one.item === ""}
        value={one.field}
        options={[
          { value: "", label: screening.anyField },
          ...fields.map((each) => ({ value: each.name, label: typeset(each[language]) })),
        ]}
        onChange={(name) => {
          const chosen = fields.find((each) => each.name === name);
          onChange({ field: name, op: OPS[chosen?.type ?? ""]?.[0] ?? "in", value: "" });
        }}
      />
      {field !== undefined && (
        <>
          <Select
            aria-label={screening.criteria}
            value={one.op}
            options={ops.map((op) => ({ value: op, label: screening.ops[op] }))}
            onChange={(op) => onChange({ op })}
          />
          <ValueField field={field} value={one.value} onChange={(value) => onChange({ value })} />
        </>
      )}
      <Button onClick={onRemove}>{screening.removeFact}</Button>
    </div>
  );
}

interface ValueProps {
  field: FieldDefinition;
  value: string;
  onChange: (value: string) => void;
}

function ValueField({ field, value, onChange }: ValueProps) {
  const { screening, file } = useWords();
  const codes: Record<string, string> | null | undefined =
    field.type === "boolean" ? { true: file.yes, false: file.no } : field.codes;
  if (codes !== null && codes !== undefined) {
    return (
      <Select
        aria-label={screening.value}
        mode="multiple"
        showSearch={{ optionFilterProp: "label" }}
        value={value === "" ? [] : value.split("、")}
        options={Object.entries(codes).map(([code, name]) => ({ value: code, label: typeset(name) }))}
        onChange={(chosen) => onChange(chosen.join("、"))}
      />
    );
  }
  return (
    <Input
      aria-label={screening.value}
      type={field.type === "date" ? "date" : field.type === "month" ? "month" : "text"}
      value={value}
      maxLength={200}
      onChange={({ target }) => onChange(target.value)}
    />
  );
}
