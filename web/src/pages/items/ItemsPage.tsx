import { useQuery } from "@tanstack/react-query";
import { Link } from "wouter";

import { type ItemStanding, ownItems } from "../../api/collect";
import { usePerson } from "../../app/session";
import { useLanguage, useWords } from "../../i18n/words";
import { Empty } from "../../parts/Empty";
import { count, day } from "../../parts/format";
import { Loaded } from "../../parts/Loaded";
import { Page, Section } from "../../parts/Page";
import { type Column, Rows } from "../../parts/Rows";
import { State } from "../../parts/State";
import { toneOfBatch } from "../batches/states";
import { byUrgency, toneOfPunctuality } from "./standing";
import styles from "./items.module.css";

/** The items that one's own organisation provides, the most urgent first. */
export function ItemsPage() {
  const { items } = useWords();
  const query = useQuery(ownItems);
  return (
    <Page title={items.title} lead={items.lead}>
      <Loaded query={query}>
        {(found) => (
          <Section title={items.item} note={<Urgent all={found.items} />}>
            {found.items.length === 0 ? (
              <Empty title={items.empty}>{items.emptyHint}</Empty>
            ) : (
              <Items all={byUrgency(found.items)} />
            )}
          </Section>
        )}
      </Loaded>
    </Page>
  );
}

function Urgent({ all }: { all: ItemStanding[] }) {
  const { items } = useWords();
  const at = (state: ItemStanding["punctuality"]) => all.filter((one) => one.punctuality === state).length;
  const [late, soon] = [at("late"), at("due_soon")];
  if (late + soon === 0) return null;
  return (
    <span className={styles["urgent"]}>
      {late > 0 && <State tone="bad">{items.late(late)}</State>}
      {soon > 0 && <State tone="wait">{items.soon(soon)}</State>}
    </span>
  );
}

function Items({ all }: { all: ItemStanding[] }) {
  const { items, catalogue } = useWords();
  const { language } = useLanguage();
  const cycles: Readonly<Record<string, string>> = catalogue.cycles;
  const columns: Column<ItemStanding>[] = [
    {
      title: items.item,
      isHead: true,
      cell: (one) => (
        <span className={styles["name"]}>
          <Link href={`/catalogue/${one.item}`} title={items.fields(one.fields)}>
            {`${one.item} ${one.name[language]}`}
          </Link>
          <span className="quiet">
            <span className="code">{one.version}</span>
            {one.personal && ` · ${items.personal}`}
          </span>
        </span>
      ),
    },
    { title: items.cycle, cell: (one) => items.lag(cycles[one.cycle] ?? one.cycle, one.lag_days) },
    { title: items.last, cell: (one) => <Last one={one} /> },
    {
      title: items.punctuality,
      cell: (one) => (
        <span className={styles["two"]}>
          <State tone={toneOfPunctuality(one.punctuality)}>{items.states[one.punctuality]}</State>
          {one.due !== null && (
            <span className="quiet num">
              {one.punctuality === "late" ? items.dueWas(one.due) : items.due(one.due)}
            </span>
          )}
        </span>
      ),
    },
    { title: items.waiting, cell: (one) => <Waiting one={one} /> },
    { title: items.act, cell: (one) => <Acts one={one} /> },
  ];
  return <Rows label={items.title} rows={all} columns={columns} keyOf={(one) => one.item} />;
}

function Last({ one }: { one: ItemStanding }) {
  const { items, batchDesk } = useWords();
  if (one.batch === null || one.state === null || one.received_at === null)
    return <span className="quiet">{items.neverSent}</span>;
  return (
    <span className={styles["two"]}>
      <Link className="num" href={`/deliveries/${one.batch}`}>
        {day(one.received_at)}
      </Link>
      <State tone={toneOfBatch(one.state)}>{batchDesk.states[one.state]}</State>
    </span>
  );
}

function Waiting({ one }: { one: ItemStanding }) {
  const { items } = useWords();
  const mend =
    one.batches_to_mend === 1 && one.batch_to_mend !== null
      ? `/deliveries/${one.batch_to_mend}`
      : `/deliveries?item=${one.item}&show=mend`;
  return (
    <span className={styles["two"]}>
      {one.rows_to_mend > 0 && <Link href={mend}>{items.toMend(count(one.rows_to_mend))}</Link>}
      {one.held > 0 && (
        <Link href={`/deliveries?item=${one.item}&state=held`}>{items.held(count(one.held))}</Link>
      )}
      {one.working > 0 && <span>{items.working(count(one.working))}</span>}
      {one.rows_to_mend + one.held + one.working === 0 && <span className="quiet">{items.nothing}</span>}
    </span>
  );
}

function Acts({ one }: { one: ItemStanding }) {
  const { items } = useWords();
  const { language } = useLanguage();
  const person = usePerson();
  const name = one.name[language];
  return (
    <span className={styles["acts"]}>
      {person.may("create", "batch") && (
        <Link href={`/upload?item=${one.item}`} aria-label={items.sendOf(name)}>
          {items.send}
        </Link>
      )}
      {(["xlsx", "csv"] as const).map((form) => (
        <a
          key={form}
          href={`/v1/catalogue/${one.item}/template?format=${form}`}
          download
          aria-label={items.templateOf(form.toUpperCase(), name)}
        >
          {form.toUpperCase()}
        </a>
      ))}
    </span>
  );
}
