import type { DefinedField, Definition } from "../../api/definitions";
import { useLanguage, useWords } from "../../i18n/words";
import { Section } from "../../parts/Page";
import { type Column, Rows } from "../../parts/Rows";
import { State } from "../../parts/State";
import { typeset } from "../../parts/typeset";
import { requirementsOf } from "./requirements";
import { toneOfSensitivity } from "./tones";
import styles from "./CataloguePage.module.css";

/** The fields of an item: type, requirements, sensitivity, codes. */
export function Fields({ one }: { one: Definition }) {
  const { catalogue } = useWords();
  const { language } = useLanguage();
  const units: Readonly<Record<string, string>> = catalogue.units;
  const columns: Column<DefinedField>[] = [
    {
      title: catalogue.field,
      isHead: true,
      cell: (field) => (
        <span className={styles["field"]}>
          {typeset(field[language])}
          <span className={`code ${styles["fieldCode"]}`}>{field.name}</span>
        </span>
      ),
    },
    {
      title: catalogue.type,
      cell: (field) =>
        field.unit === null
          ? catalogue.types[field.type]
          : `${catalogue.types[field.type]} · ${units[field.unit] ?? field.unit}`,
    },
    {
      title: catalogue.required,
      cell: (field) => (
        <span className={styles["nowrap"]}>{field.required ? catalogue.yes : catalogue.no}</span>
      ),
    },
    {
      title: catalogue.sensitivity,
      cell: (field) => (
        <State tone={toneOfSensitivity(field.sensitivity)}>
          {catalogue.sensitivities[field.sensitivity]}
        </State>
      ),
    },
    { title: catalogue.asked, cell: (field) => <Asked field={field} /> },
  ];
  return (
    <Section title={catalogue.tabs.fields}>
      <Rows label={catalogue.tabs.fields} rows={one.fields} columns={columns} keyOf={(field) => field.name} />
    </Section>
  );
}

function Asked({ field }: { field: DefinedField }) {
  const { catalogue } = useWords();
  const { language } = useLanguage();
  const asked = requirementsOf(field, catalogue);
  const codes = Object.entries(field.codes ?? {});
  return (
    <div className={styles["small"]}>
      {asked.length > 0 && <p>{typeset(asked.join(language === "zh" ? "；" : "; "))}</p>}
      {field.note !== null && <p className="quiet">{typeset(field.note)}</p>}
      {field.mask !== null && <p className="quiet">{catalogue.mask(catalogue.masks[field.mask])}</p>}
      {field.example !== null && (
        <p className="quiet">
          {catalogue.example} <span className="code">{field.example}</span>
        </p>
      )}
      {codes.length > 0 && (
        <details>
          <summary>{catalogue.codes(codes.length)}</summary>
          <ul className={styles["codes"]} tabIndex={0}>
            {codes.map(([code, name]) => (
              <li key={code}>
                <span className="code">{code}</span> {name}
              </li>
            ))}
          </ul>
        </details>
      )}
    </div>
  );
}
