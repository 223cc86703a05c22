import { useQuery } from "@tanstack/react-query";
import { Alert } from "antd";
import { Link, useParams } from "wouter";

import { type Batch, followed, hasEnded } from "../../api/collect";
import { NotFound } from "../../app/NotFound";
import { usePerson } from "../../app/session";
import { useWords } from "../../i18n/words";
import { Facts } from "../../parts/Facts";
import { bytes, moment } from "../../parts/format";
import { Loaded } from "../../parts/Loaded";
import { Loading } from "../../parts/Loading";
import { Page, Section } from "../../parts/Page";
import { State } from "../../parts/State";
import { typeset } from "../../parts/typeset";
import { toneOfBatch } from "../batches/states";
import { useItemNames } from "../quality/QualityPage";
import { Course } from "./Course";
import { Figures, Quality, Reasons } from "./Figures";
import { Mend } from "./Mend";
import styles from "./delivery.module.css";

/** One batch of one's own: its course while it goes on, what came of it, and the rows to mend on the spot. */
export function DeliveryPage() {
  const { id = "" } = useParams();
  return /^\d{1,9}$/.test(id) ? <Delivery key={id} id={Number(id)} /> : <NotFound />;
}

function Delivery({ id }: { id: number }) {
  const { deliveries: words, batchDesk } = useWords();
  const nameOf = useItemNames();
  const query = useQuery(followed(id));
  if (query.isPending) return <Loading />;
  const batch = query.data;
  return (
    <Page
      title={batchDesk.of(id)}
      trail={<Link href="/deliveries">{`‹ ${words.back}`}</Link>}
      {...(batch && {
        lead: `${nameOf(batch.item)} · ${batch.file_name}`,
        actions: <State tone={toneOfBatch(batch.state)}>{batchDesk.states[batch.state]}</State>,
      })}
    >
      <Loaded query={query}>
        {(one) => (
          <>
            <Stopped batch={one} />
            {!isPublished(one) && <Course batch={one} />}
            <ToMend batch={one} />
            {hasEnded(one) && <Figures batch={one} />}
            <Reasons batch={one} />
            <Quality batch={one} />
            {isPublished(one) && <Course batch={one} />}
            <About batch={one} />
          </>
        )}
      </Loaded>
    </Page>
  );
}

/** Once it is published, what is left to do comes first and how it came about last. */
const isPublished = (batch: Batch) => batch.state === "published" || batch.state === "feedback_sent";

function ToMend({ batch }: { batch: Batch }) {
  const { deliveries: words } = useWords();
  const person = usePerson();
  const hasRows =
    ["published", "feedback_sent", "held"].includes(batch.state) && batch.counts.quarantined > 0;
  if (batch.correction_of !== null) {
    return (
      <Alert
        type="info"
        showIcon
        className={styles["notice"] ?? ""}
        title={words.mendRoot(batch.correction_of)}
        description={
          <Link href={`/deliveries/${batch.correction_of}`}>{words.toRoot(batch.correction_of)}</Link>
        }
      />
    );
  }
  return hasRows && person.may("read", "quarantine") ? <Mend batch={batch} /> : null;
}

function Stopped({ batch }: { batch: Batch }) {
  const { deliveries: words } = useWords();
  const person = usePerson();
  if (batch.state === "held") {
    return (
      <Alert
        type="warning"
        showIcon
        className={styles["notice"] ?? ""}
        title={words.heldTitle}
        description={
          <>
            <p>{words.heldHint}</p>
            <ul className={styles["limits"]}>
              {(batch.held_for ?? []).map((limit) => (
                <li key={String(limit["limit"])}>{typeset(String(limit["message"] ?? ""))}</li>
              ))}
            </ul>
          </>
        }
      />
    );
  }
  if (batch.state !== "rejected") return null;
  const say = (name: string) => typeset(String(batch.error?.[name] ?? ""));
  return (
    <Alert
      type="error"
      showIcon
      className={styles["notice"] ?? ""}
      title={words.rejectedTitle}
      description={
        <>
          <p>{say("message")}</p>
          <p>{say("hint")}</p>
          {person.may("create", "batch") && (
            <Link href={`/upload?item=${batch.item}`}>{words.sendAgain}</Link>
          )}
        </>
      }
    />
  );
}

function About({ batch }: { batch: Batch }) {
  const { deliveries: words, batchDesk } = useWords();
  const modes: Readonly<Record<string, string>> = batchDesk.modes;
  const channels: Readonly<Record<string, string>> = batchDesk.channels;
  return (
    <Section title={words.about}>
      <Facts
        facts={[
          [words.file, `${batch.file_name} · ${bytes(batch.file_bytes)}`],
          [words.received, <span className="num">{moment(batch.received_at)}</span>],
          [
            batchDesk.published,
            batch.published_at === null ? (
              batchDesk.none
            ) : (
              <span className="num">{moment(batch.published_at)}</span>
            ),
          ],
          [batchDesk.mode, modes[batch.mode] ?? batch.mode],
          [batchDesk.channel, channels[batch.channel] ?? batch.channel],
          [batchDesk.version, <span className="code">{batch.item_version}</span>],
          [batchDesk.digest, <span className="code">{batch.file_sha256}</span>],
        ]}
      />
    </Section>
  );
}
