import { useQuery } from "@tanstack/react-query";
import { Button } from "antd";
import { Link, useLocation } from "wouter";

import { AFTER_CONSENT_STEP, cancelConsent, type ConsentDetail, consentOf } from "../../api/consents";
import { usePerson } from "../../app/session";
import { useWords } from "../../i18n/words";
import { ConfirmButton } from "../../parts/ConfirmButton";
import { Facts } from "../../parts/Facts";
import { Loaded } from "../../parts/Loaded";
import { FaultNotice } from "../../parts/Notice";
import { Page, Section } from "../../parts/Page";
import { Rows } from "../../parts/Rows";
import { State } from "../../parts/State";
import { day, moment, spacedCode } from "../../parts/format";
import { typeset } from "../../parts/typeset";
import { useDeed } from "../../parts/useDeed";
import { lastDay } from "../workbench/Relied";
import { ConsentStateWord, Used } from "./TrackingPage";
import styles from "./tracking.module.css";

/** One authorisation that was asked for: its terms, its course, its text. */
export function OneConsentPage({ id }: { id: string }) {
  const { tracking } = useWords();
  const query = useQuery(consentOf(id));
  const [, go] = useLocation();
  const one = query.data;
  return (
    <Page
      title={one?.subject_name ?? tracking.title}
      lead={one === undefined ? undefined : tracking.of(one.purpose_name)}
      trail={<Link href="/tracking">{tracking.back}</Link>}
      actions={
        one !== undefined && (
          <Button type="primary" onClick={() => go(`/workbench/${one.subject}?purpose=${one.purpose}`)}>
            {tracking.open}
          </Button>
        )
      }
    >
      <Loaded query={query}>{(found) => <Detail one={found} />}</Loaded>
    </Page>
  );
}

function Detail({ one }: { one: ConsentDetail }) {
  const { tracking } = useWords();
  const isOpen = one.state === "pending" || one.state === "draft";
  return (
    <>
      <Section title={tracking.terms} actions={<StateOf one={one} />}>
        <Facts
          facts={[
            [tracking.subject, <span className="code">{spacedCode(one.subject)}</span>],
            isOpen ? [tracking.answerBy, day(one.answer_by)] : [tracking.until, lastDay(one.valid_to)],
            [tracking.used, <Used one={one} />],
            ...(one.method === null
              ? []
              : [[tracking.signed, moment(one.signed_at ?? one.requested_at)] as [string, string]]),
          ]}
        />
        <dl className={styles["terms"]}>
          {one.summary.map((line) => (
            <div key={line.heading}>
              <dt>{typeset(line.heading)}</dt>
              <dd>{typeset(line.words)}</dd>
            </div>
          ))}
        </dl>
        <details className={styles["text"]}>
          <summary>{tracking.showText}</summary>
          <p>{typeset(one.text)}</p>
        </details>
        {isOpen && <Cancel id={one.id} />}
      </Section>
      <Section title={tracking.steps}>
        <Rows
          label={tracking.steps}
          rows={one.steps}
          keyOf={(step) => one.steps.indexOf(step)}
          columns={[
            { title: tracking.step, cell: (step) => typeset(step.event_name), isHead: true },
            { title: tracking.at, cell: (step) => moment(step.at) },
            { title: tracking.state, cell: (step) => <ConsentStateWord state={step.state} /> },
          ]}
        />
      </Section>
    </>
  );
}

/** The state; of one that was not signed, who did not want it. */
function StateOf({ one }: { one: ConsentDetail }) {
  const { tracking } = useWords();
  if (one.state !== "rejected") return <ConsentStateWord state={one.state} />;
  const isTaken = one.steps.some(({ event }) => event === "cancel");
  return <State tone={isTaken ? "calm" : "bad"}>{isTaken ? tracking.taken : tracking.declined}</State>;
}

function Cancel({ id }: { id: string }) {
  const { tracking } = useWords();
  const person = usePerson();
  const cancel = useDeed({
    act: () => cancelConsent(id),
    done: tracking.cancelled,
    refreshes: AFTER_CONSENT_STEP,
  });
  if (!person.may("request", "consent")) return null;
  return (
    <div className={styles["cancel"]}>
      {cancel.isError && <FaultNotice thrown={cancel.error} />}
      <ConfirmButton
        sure={tracking.cancelSure}
        loading={cancel.isPending}
        onConfirm={() => cancel.mutate(undefined)}
      >
        {tracking.cancel}
      </ConfirmButton>
    </div>
  );
}
