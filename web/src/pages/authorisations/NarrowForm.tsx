import { useQuery } from "@tanstack/react-query";
import { Button, Checkbox, Input, InputNumber } from "antd";
import { type ReactNode, useState } from "react";

import { definitionOf } from "../../api/inquiries";
import { catalogue } from "../../api/platform";
import { useLanguage, useWords } from "../../i18n/words";
import { Loaded } from "../../parts/Loaded";
import { Section } from "../../parts/Page";
import { count, today } from "../../parts/format";
import { typeset } from "../../parts/typeset";
import styles from "./authorisations.module.css";
import { isNarrowed, withFields, withItem } from "./narrow";
import type { Signing } from "./useSigning";

/** Giving less than is asked for: items, their fields, time, counts. Closed until somebody wants it. */
export function NarrowForm({ signing }: { signing: Signing }) {
  const { authorisations: words } = useWords();
  const { asked, choice, choose } = signing;
  const [isOpen, setOpen] = useState(isNarrowed(asked, choice));
  return (
    <Section
      title={words.narrow}
      note={words.narrowNote}
      actions={
        <div className={styles["deeds"]}>
          {isNarrowed(asked, choice) && <Button onClick={() => choose(asked)}>{words.restore}</Button>}
          <Button aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
            {isOpen ? words.narrowClose : words.narrowOpen}
          </Button>
        </div>
      }
    >
      {isOpen && (
        <>
          <ul className={styles["choices"]}>
            {Object.keys(asked.items).map((item) => (
              <ItemChoice key={item} item={item} signing={signing} />
            ))}
          </ul>
          <Terms signing={signing} />
        </>
      )}
    </Section>
  );
}

function ItemChoice({ item, signing }: { item: string; signing: Signing }) {
  const { authorisations: words } = useWords();
  const { language } = useLanguage();
  const [isOpen, setOpen] = useState(false);
  const about = useQuery(catalogue).data?.items.find((one) => one.item === item);
  const { asked, choice, choose } = signing;
  const isGiven = item in choice.items;
  const name = about === undefined ? item : typeset(about.name[language]);
  const fields = choice.items[item];
  const all = asked.items[item]?.length ?? about?.fields ?? 0;
  const chosen = fields === null || fields === undefined ? all : fields.length;
  return (
    <li>
      <div className={styles["choice"]}>
        <Checkbox
          checked={isGiven}
          onChange={({ target }) => choose(withItem(asked, choice, item, target.checked))}
        >
          {name}
        </Checkbox>
        {isGiven && (
          <span className="quiet num">
            {chosen === all ? words.whole : words.someFields(count(chosen), count(all))}
          </span>
        )}
        {isGiven && (
          <Button
            type="link"
            size="small"
            aria-expanded={isOpen}
            aria-label={words.chooseFieldsOf(name)}
            onClick={() => setOpen(!isOpen)}
          >
            {words.chooseFields}
          </Button>
        )}
      </div>
      {isGiven && isOpen && <FieldChoice item={item} signing={signing} />}
    </li>
  );
}

function FieldChoice({ item, signing }: { item: string; signing: Signing }) {
  const { language } = useLanguage();
  const query = useQuery(definitionOf(item));
  const { asked, choice, choose } = signing;
  return (
    <Loaded query={query}>
      {(definition) => {
        const all = definition.fields.map((field) => field.name);
        const open = asked.items[item] ?? all;
        return (
          <Checkbox.Group
            className={styles["fields"] ?? ""}
            value={choice.items[item] ?? open}
            onChange={(fields: string[]) => choose(withFields(asked, choice, item, fields, all))}
            options={definition.fields
              .filter((field) => open.includes(field.name))
              .map((field) => ({ value: field.name, label: typeset(field[language]) }))}
          />
        );
      }}
    </Loaded>
  );
}

function Terms({ signing: { asked, choice, choose } }: { signing: Signing }) {
  const { authorisations: words } = useWords();
  const number = (
    value: number | null,
    most: number | null,
    least: number,
    set: (value: number | null) => void,
  ) => ({
    value,
    min: least,
    ...(most === null ? {} : { max: most }),
    precision: 0,
    style: { width: "100%" },
    onChange: set,
  });
  return (
    <div className={styles["terms"]}>
      <Term id="last-day" name={words.lastDay} hint={words.notLater(asked.lastDay)}>
        <Input
          id="last-day"
          type="date"
          min={today()}
          max={asked.lastDay}
          value={choice.lastDay}
          onChange={({ target }) => choose({ ...choice, lastDay: target.value })}
        />
      </Term>
      <Term
        id="max-calls"
        name={words.maxCalls}
        hint={asked.maxCalls === null ? words.anyCalls : words.atMost(count(asked.maxCalls))}
      >
        <InputNumber
          id="max-calls"
          {...number(choice.maxCalls, asked.maxCalls, 1, (maxCalls) =>
            choose({ ...choice, maxCalls: maxCalls ?? asked.maxCalls }),
          )}
        />
      </Term>
      {asked.months !== null && (
        <Term id="months" name={words.months} hint={words.atMost(count(asked.months))}>
          <InputNumber
            id="months"
            {...number(choice.months, asked.months, 1, (months) =>
              choose({ ...choice, months: months ?? asked.months }),
            )}
          />
        </Term>
      )}
      <Term id="retention" name={words.retention} hint={words.atMost(count(asked.retention))}>
        <InputNumber
          id="retention"
          {...number(choice.retention, asked.retention, 0, (days) =>
            choose({ ...choice, retention: days ?? asked.retention }),
          )}
        />
      </Term>
    </div>
  );
}

function Term({ id, name, hint, children }: { id: string; name: string; hint: string; children: ReactNode }) {
  return (
    <div>
      <label htmlFor={id}>{name}</label>
      {children}
      <p className="quiet">{hint}</p>
    </div>
  );
}
