import { useQuery } from "@tanstack/react-query";
import { Alert, Button } from "antd";
import { Link } from "wouter";

import { type Batch, batchOf, type RowAside, rowsAside } from "../../api/batchDesk";
import { definition } from "../../api/definitions";
import { usePerson } from "../../app/session";
import { useLanguage, useWords } from "../../i18n/words";
import { Facts } from "../../parts/Facts";
import { Loaded } from "../../parts/Loaded";
import { Loading } from "../../parts/Loading";
import { Page, Section } from "../../parts/Page";
import { type Column, Rows } from "../../parts/Rows";
import { State } from "../../parts/State";
import { bytes, count, moment } from "../../parts/format";
import { typeset } from "../../parts/typeset";
import { Who } from "../log/Who";
import { useItemName } from "./BatchesPage";
import { Decision } from "./Decision";
import { toneOfBatch } from "./states";
import styles from "./batches.module.css";

/** One batch as those see it who look after collection: why it is held, what is in it, how good it is. */
export function BatchPage({ id }: { id: number }) {
  const { batchDesk } = useWords();
  const nameOf = useItemName();
  const query = useQuery(batchOf(id));
  if (query.isPending) return <Loading />;
  const batch = query.data;
  return (
    <Page
      title={batchDesk.of(id)}
      trail={<Link href="/batches">{`‹ ${batchDesk.back}`}</Link>}
      {...(batch && {
        lead: `${nameOf(batch.item)} · ${batch.provider}`,
        actions: <State tone={toneOfBatch(batch.state)}>{batchDesk.states[batch.state]}</State>,
      })}
    >
      <Loaded query={query}>
        {(one) => (
          <>
            {one.state === "held" && <Decision batch={one} />}
            {one.error !== null && <Ended error={one.error} />}
            <About batch={one} />
            <Figures batch={one} />
            {one.counts.quarantined > 0 && <Aside batch={one} />}
          </>
        )}
      </Loaded>
    </Page>
  );
}

function Ended({ error }: { error: Record<string, unknown> }) {
  const { batchDesk } = useWords();
  const say = (name: string) => (typeof error[name] === "string" ? typeset(error[name]) : "");
  return (
    <Alert
      type="error"
      showIcon
      className={styles["notice"] ?? ""}
      title={batchDesk.error}
      description={
        <>
          <p>{say("message")}</p>
          {say("hint") !== "" && <p>{say("hint")}</p>}
        </>
      }
    />
  );
}

function About({ batch }: { batch: Batch }) {
  const { batchDesk } = useWords();
  const nameOf = useItemName();
  const channels: Readonly<Record<string, string>> = batchDesk.channels;
  const modes: Readonly<Record<string, string>> = batchDesk.modes;
  return (
    <Section title={batchDesk.about}>
      <Facts
        facts={[
          [batchDesk.item, <Link href={`/catalogue/${batch.item}`}>{nameOf(batch.item)}</Link>],
          [batchDesk.version, <span className="num">{batch.item_version}</span>],
          [batchDesk.file, `${batch.file_name} · ${bytes(batch.file_bytes)}`],
          [batchDesk.digest, <span className="code">{batch.file_sha256}</span>],
          [batchDesk.mode, modes[batch.mode] ?? batch.mode],
          [batchDesk.channel, channels[batch.channel] ?? batch.channel],
          [batchDesk.received, <span className="num">{moment(batch.received_at)}</span>],
          [
            batchDesk.published,
            <span className="num">
              {batch.published_at === null ? batchDesk.none : moment(batch.published_at)}
            </span>,
          ],
          [batchDesk.submittedBy, <Who id={batch.submitted_by} />],
          [batchDesk.decidedBy, batch.decided_by === null ? batchDesk.none : <Who id={batch.decided_by} />],
          [
            batchDesk.correction,
            batch.correction_of === null ? (
              batchDesk.none
            ) : (
              <Link href={`/batches/${batch.correction_of}`}>{batchDesk.of(batch.correction_of)}</Link>
            ),
          ],
        ]}
      />
    </Section>
  );
}

function Figures({ batch }: { batch: Batch }) {
  const { batchDesk } = useWords();
  const { counts, quality } = batch;
  const names = Object.keys(batchDesk.countNames) as (keyof typeof counts)[];
  const shares = (Object.keys(batchDesk.qualityNames) as (keyof typeof batchDesk.qualityNames)[]).filter(
    (name) => typeof quality[name] === "number",
  );
  return (
    <Section title={batchDesk.counts}>
      <dl className={styles["figures"]}>
        {names.map((name) => (
          <div key={name}>
            <dt>{batchDesk.countNames[name]}</dt>
            <dd className="num">{count(counts[name])}</dd>
          </div>
        ))}
        {shares.map((name) => (
          <div key={name}>
            <dt>{batchDesk.qualityNames[name]}</dt>
            <dd className="num">{`${(Number(quality[name]) * 100).toFixed(1)}%`}</dd>
          </div>
        ))}
      </dl>
    </Section>
  );
}

function Aside({ batch }: { batch: Batch }) {
  const { batchDesk } = useWords();
  const person = usePerson();
  if (!person.may("read", "quarantine")) return <Reasons batch={batch} />;
  return (
    <>
      <Reasons batch={batch} />
      <Section
        title={batchDesk.asideTitle}
        note={batchDesk.asideNote}
        actions={
          <Button href={`/v1/batches/${batch.id}/feedback`} download>
            {batchDesk.feedback}
          </Button>
        }
      >
        <AsideRows id={batch.id} />
      </Section>
    </>
  );
}

function Reasons({ batch }: { batch: Batch }) {
  const { batchDesk } = useWords();
  const { language } = useLanguage();
  const item = useQuery(definition(batch.item));
  const reasons = Object.entries(batch.reasons).sort(([, a], [, b]) => b - a);
  const fieldOf = (key: string) => {
    const name = key.split("|")[0] ?? "";
    return item.data?.fields.find((field) => field.name === name)?.[language] ?? name;
  };
  const columns: Column<[string, number]>[] = [
    { title: batchDesk.field, cell: ([key]) => fieldOf(key) || "—", isHead: true },
    { title: batchDesk.reason, cell: ([key]) => <span className="code">{key.split("|")[1] ?? key}</span> },
    { title: batchDesk.times, cell: ([, rows]) => count(rows), isNumber: true },
  ];
  if (reasons.length === 0) return null;
  return (
    <Section title={batchDesk.reasons}>
      <Rows label={batchDesk.reasons} rows={reasons} columns={columns} keyOf={([code]) => code} />
    </Section>
  );
}

function AsideRows({ id }: { id: number }) {
  const { batchDesk } = useWords();
  const query = useQuery(rowsAside(id));
  const columns: Column<RowAside>[] = [
    { title: batchDesk.rowNo, cell: (row) => <span className="num">{row.row_no}</span>, isHead: true },
    {
      title: batchDesk.why,
      cell: (row) => (
        <ul className={styles["why"]}>
          {row.reasons.map((reason) => (
            <li key={`${reason["field"]}${reason["code"]}`}>
              {typeset(reason["message"] ?? "")} <span className="code quiet">{reason["code"]}</span>
            </li>
          ))}
        </ul>
      ),
    },
    { title: batchDesk.original, cell: (row) => <Original value={row.original} /> },
  ];
  return (
    <Loaded query={query}>
      {(rows) => (
        <Rows label={batchDesk.asideTitle} rows={rows} columns={columns} keyOf={(row) => row.row_no} />
      )}
    </Loaded>
  );
}

function Original({ value }: { value: unknown }) {
  const { batchDesk } = useWords();
  if (value === null || value === undefined) return <span className="quiet">{batchDesk.sealed}</span>;
  const cells = Object.values(value as Record<string, unknown>).map((cell) =>
    typeof cell === "string" ? cell : JSON.stringify(cell),
  );
  const text = typeof value === "object" ? cells.filter((cell) => cell !== "").join(" · ") : String(value);
  return <span className={styles["original"]}>{text}</span>;
}
