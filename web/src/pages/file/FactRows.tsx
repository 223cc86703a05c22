import { DownOutlined, UpOutlined } from "@ant-design/icons";
import { Button } from "antd";
import { Fragment, useState } from "react";

import type { Fact, ItemDefinition } from "../../api/inquiries";
import { useMatch } from "../../design/appearance";
import { useLanguage, useWords } from "../../i18n/words";
import { ExportButton, type ExportColumn } from "../../parts/ExportButton";
import { Pager } from "../../parts/Pager";
import { useAddress } from "../../parts/address";
import { typeset } from "../../parts/typeset";
import { FactView, StateOf } from "./FactView";
import styles from "./file.module.css";
import { columnsOf, isNumeric, providerOf, shownValue, stateOf } from "./shown";

const PAGE = 12;

interface Props {
  definition: ItemDefinition;
  facts: Fact[];
  on: string;
}

/** Many facts of one item: what tells them apart and their figures in a table, the rest of each below it. */
export function FactRows({ definition, facts, on }: Props) {
  const { value, change } = useAddress();
  const isWide = useMatch("(min-width: 860px)");
  const name = `page_${definition.item}`;
  const pages = Math.ceil(facts.length / PAGE);
  const page = Math.min(Math.max(Number.parseInt(value(name), 10) || 1, 1), pages);
  const shown = facts.slice((page - 1) * PAGE, page * PAGE);
  const Form = isWide ? Table : Cards;
  return (
    <>
      <Form definition={definition} facts={shown} all={facts} on={on} />
      <div className={styles["foot"]}>
        <Pager
          page={page}
          pageSize={PAGE}
          total={facts.length}
          onPage={(to) => change({ [name]: to === 1 ? "" : String(to) })}
        />
        <Export definition={definition} facts={facts} />
      </div>
    </>
  );
}

/** All facts of the item as a table for a spreadsheet, with their origin. */
function Export({ definition, facts }: { definition: ItemDefinition; facts: Fact[] }) {
  const { file } = useWords();
  const { language } = useLanguage();
  const columns: ExportColumn<Fact>[] = [
    ...definition.fields.map((field): ExportColumn<Fact> => ({
      title: typeset(field[language]) + (typeof field.unit !== "string" ? "" : ` (${field.unit})`),
      kind: field.type === "date" ? "day" : isNumeric(field) ? "number" : "text",
      value: ({ data }) => {
        const value = data[field.name] ?? null;
        if (typeof value === "boolean") return value ? file.yes : file.no;
        return field.type === "code" && value !== null ? (field.codes?.[String(value)] ?? value) : value;
      },
    })),
    { title: file.provider, value: (fact) => providerOf(definition, fact, language) },
    { title: file.received, kind: "moment", value: ({ origin }) => origin.first_seen },
  ];
  return (
    <ExportButton
      name={typeset(definition.name[language])}
      columns={columns}
      readPage={() => Promise.resolve({ rows: facts, total: facts.length })}
      keyOf={(fact) => facts.indexOf(fact)}
      total={facts.length}
      pageSize={facts.length + 1}
    />
  );
}

interface FormProps extends Props {
  all: Fact[]; // decides the columns, so that they are the same on each page
}

function Table({ definition, facts, all, on }: FormProps) {
  const { file } = useWords();
  const { language } = useLanguage();
  const [open, setOpen] = useState<number | null>(null);
  const columns = columnsOf(definition, all);
  const said = { language, yes: file.yes, no: file.no };
  const numeric = (is: boolean) => (is ? styles["number"] : undefined);
  return (
    <div className={styles["scroll"]}>
      <table className={styles["table"]} aria-label={typeset(definition.name[language])}>
        <thead>
          <tr>
            {columns.map((field) => (
              <th key={field.name} scope="col" className={numeric(isNumeric(field))}>
                {typeset(field[language])}
              </th>
            ))}
            <th scope="col">{file.status}</th>
            <th scope="col">
              <span className="unseen">{file.detail}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {facts.map((fact, place) => (
            <Fragment key={place}>
              <tr>
                {columns.map((field) => (
                  <td key={field.name} className={numeric(isNumeric(field))}>
                    {shownValue(field, fact.data[field.name] ?? null, said)}
                  </td>
                ))}
                <td>
                  <StateOf state={stateOf(fact, on)} />
                </td>
                <td>
                  <Toggle isOpen={open === place} onToggle={() => setOpen(open === place ? null : place)} />
                </td>
              </tr>
              {open === place && (
                <tr className={styles["open"]}>
                  <td colSpan={columns.length + 2}>
                    <FactView definition={definition} fact={fact} on={on} />
                  </td>
                </tr>
              )}
            </Fragment>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Cards({ definition, facts, all, on }: FormProps) {
  const { file } = useWords();
  const { language } = useLanguage();
  const [open, setOpen] = useState<number | null>(null);
  const columns = columnsOf(definition, all, 4);
  const said = { language, yes: file.yes, no: file.no };
  return (
    <ul className={styles["cards"]} aria-label={typeset(definition.name[language])}>
      {facts.map((fact, place) => (
        <li key={place}>
          {open === place ? (
            <FactView definition={definition} fact={fact} on={on} />
          ) : (
            <dl>
              {columns.map((field) => (
                <div key={field.name}>
                  <dt>{typeset(field[language])}</dt>
                  <dd className="num">{shownValue(field, fact.data[field.name] ?? null, said)}</dd>
                </div>
              ))}
            </dl>
          )}
          <div className={styles["cardFoot"]}>
            {open !== place && <StateOf state={stateOf(fact, on)} />}
            <Toggle isOpen={open === place} onToggle={() => setOpen(open === place ? null : place)} />
          </div>
        </li>
      ))}
    </ul>
  );
}

function Toggle({ isOpen, onToggle }: { isOpen: boolean; onToggle: () => void }) {
  const { file } = useWords();
  return (
    <Button
      type="text"
      size="small"
      aria-expanded={isOpen}
      icon={isOpen ? <UpOutlined aria-hidden /> : <DownOutlined aria-hidden />}
      onClick={onToggle}
    >
      {isOpen ? file.hide : file.detail}
    </Button>
  );
}
