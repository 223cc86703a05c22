import { useQuery } from "@tanstack/react-query";
import { Select } from "antd";

import {
  type Definition,
  type DefinitionVersion,
  type Difference,
  differencesOf,
  versionsOf,
} from "../../api/definitions";
import { useLanguage, useWords } from "../../i18n/words";
import { Empty } from "../../parts/Empty";
import { Filter } from "../../parts/Filters";
import { Loaded } from "../../parts/Loaded";
import { Section } from "../../parts/Page";
import { type Column, Rows } from "../../parts/Rows";
import { State } from "../../parts/State";
import { useAddress } from "../../parts/address";
import { typeset } from "../../parts/typeset";
import styles from "./CataloguePage.module.css";

/** The versions of an item and what changed between two of them. */
export function Versions({ one }: { one: Definition }) {
  const { catalogue } = useWords();
  const query = useQuery(versionsOf(one.item));
  const columns: Column<DefinitionVersion>[] = [
    { title: catalogue.version, cell: (version) => version.version, isHead: true },
    { title: catalogue.since, cell: (version) => <span className="num">{version.since}</span> },
    {
      title: catalogue.until,
      cell: (version) => <span className="num">{version.until ?? catalogue.open}</span>,
    },
    { title: catalogue.overlap, cell: (version) => catalogue.days(version.overlap_days) },
    { title: catalogue.fields, cell: (version) => version.fields, isNumber: true },
    {
      title: catalogue.current,
      cell: (version) => (
        <State tone={version.in_force ? "good" : "calm"}>
          {version.in_force ? catalogue.current : catalogue.notCurrent}
        </State>
      ),
    },
  ];
  return (
    <Section title={catalogue.versions} note={catalogue.versionsNote}>
      <Loaded query={query}>
        {(versions) => (
          <>
            <Rows
              label={catalogue.versions}
              rows={versions}
              columns={columns}
              keyOf={(version) => version.version}
            />
            {versions.length > 1 ? (
              <Comparison item={one} versions={versions.map((version) => version.version)} />
            ) : (
              <Empty title={catalogue.onlyOne}>{catalogue.onlyOneHint}</Empty>
            )}
          </>
        )}
      </Loaded>
    </Section>
  );
}

function Comparison({ item, versions }: { item: Definition; versions: string[] }) {
  const { catalogue } = useWords();
  const { value, change } = useAddress();
  const from = value("from") || (versions.at(-2) ?? "");
  const to = value("to") || (versions.at(-1) ?? "");
  const query = useQuery(differencesOf(item.item, from, to));
  const options = versions.map((version) => ({ value: version, label: version }));
  return (
    <>
      <h3 style={{ margin: "24px 0 4px" }}>{catalogue.differences}</h3>
      <p className="quiet" style={{ marginBottom: 16 }}>
        {catalogue.differencesNote}
      </p>
      <div className={styles["compare"]}>
        <Filter label={catalogue.from} id="from">
          <Select
            id="from"
            value={from}
            options={options}
            onChange={(one: string) => change({ from: one })}
          />
        </Filter>
        <Filter label={catalogue.to} id="to">
          <Select id="to" value={to} options={options} onChange={(one: string) => change({ to: one })} />
        </Filter>
      </div>
      <Loaded query={query}>{(found) => <Changes changes={found} item={item} />}</Loaded>
    </>
  );
}

function Changes({ changes, item }: { changes: Difference[]; item: Definition }) {
  const { catalogue } = useWords();
  if (changes.length === 0) return <Empty title={catalogue.same}>{catalogue.sameHint}</Empty>;
  const breaking = changes.filter((one) => one.impact === "breaking").length;
  const columns: Column<Difference>[] = [
    {
      title: catalogue.place,
      isHead: true,
      cell: (one) => <Place path={one.path} item={item} />,
    },
    { title: catalogue.kind, cell: (one) => catalogue.kinds[one.kind] },
    { title: catalogue.before, cell: (one) => <Value value={one.old} other={one.new} /> },
    { title: catalogue.after, cell: (one) => <Value value={one.new} other={one.old} /> },
    {
      title: catalogue.impact,
      cell: (one) => (
        <State tone={one.impact === "breaking" ? "wait" : "good"}>{catalogue[one.impact]}</State>
      ),
    },
  ];
  return (
    <>
      <p className="num" role="status">
        {catalogue.breakingCount(breaking, changes.length)}
      </p>
      <Rows
        label={catalogue.differences}
        rows={changes}
        columns={columns}
        keyOf={(one) => `${one.path} ${one.kind}`}
      />
    </>
  );
}

/** Where the change is, in words, and as definitions name it. */
function Place({ path, item }: { path: string; item: Definition }) {
  const { catalogue } = useWords();
  const { language } = useLanguage();
  const places: Readonly<Record<string, string>> = catalogue.places;
  const [room = "", name = ""] = path.split(".");
  const field = room === "fields" ? item.fields.find((one) => one.name === name) : undefined;
  const words = path === "" ? catalogue.whole : field ? catalogue.fieldPlace(field[language]) : places[room];
  return (
    <span className={styles["field"]}>
      {words}
      {path !== "" && <span className={`code ${styles["fieldCode"]}`}>{path}</span>}
    </span>
  );
}

/** One side of a change; of parts, only those that differ. */
function Value({ value, other }: { value: unknown; other: unknown }) {
  if (value === null || value === undefined) return "—";
  if (typeof value !== "object") return shown(value);
  const parts = Array.isArray(value) ? value.map(shown) : differing(value, other);
  return (
    <ul className={styles["basis"]}>
      {parts.map((part) => (
        <li key={part}>{part}</li>
      ))}
    </ul>
  );
}

function differing(value: object, other: unknown): string[] {
  const others = typeof other === "object" && other !== null ? (other as Record<string, unknown>) : {};
  return Object.entries(value)
    .filter(([name, one]) => JSON.stringify(one) !== JSON.stringify(others[name]))
    .map(([name, one]) => `${name}: ${shown(one)}`);
}

function shown(value: unknown): string {
  if (value === null || value === undefined) return "—";
  return typeof value === "string" ? typeset(value) : JSON.stringify(value);
}
