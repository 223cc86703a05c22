import { useQuery } from "@tanstack/react-query";
import { Link } from "wouter";

import { type ObjectionDetail, objectionOf } from "../../api/objectionDesk";
import { usePerson } from "../../app/session";
import { useWords } from "../../i18n/words";
import { Facts } from "../../parts/Facts";
import { Loaded } from "../../parts/Loaded";
import { Page, Section } from "../../parts/Page";
import { type Column, Rows } from "../../parts/Rows";
import { State } from "../../parts/State";
import { moment, spacedCode } from "../../parts/format";
import { typeset } from "../../parts/typeset";
import { addressOf } from "../models/address";
import { GRADE_TONES } from "../models/tones";
import { Clock } from "./Clock";
import { PLACE } from "./ObjectionsPage";
import { Records } from "./Records";
import { Review } from "./Review";
import { isOpen, OBJECTION_TONES } from "./tones";
import styles from "./objections.module.css";

/** One objection: what the firm says, the evaluation and its records, the answer. */
export function ObjectionPage({ id }: { id: string }) {
  const { objectionDesk: words, evaluation } = useWords();
  const person = usePerson();
  const query = useQuery(objectionOf(id));
  const one = query.data;
  return (
    <Page
      title={one === undefined ? words.one : words.of(one.subject_name)}
      lead={
        one && (
          <span className={styles["states"]}>
            <State tone={OBJECTION_TONES[one.state]}>{evaluation.states[one.state]}</State>
            <Clock one={one} />
          </span>
        )
      }
      trail={<Link href={PLACE}>{words.back}</Link>}
    >
      <Loaded query={query}>
        {(found) => (
          <>
            <Said one={found} />
            <Evaluated one={found} />
            {isOpen(found) ? (
              <Review one={found} mayReview={person.may("review", "evaluation-objection")} />
            ) : (
              <Answer one={found} />
            )}
            <Steps one={found} />
          </>
        )}
      </Loaded>
    </Page>
  );
}

interface Props {
  one: ObjectionDetail;
}

function Said({ one }: Props) {
  const { objectionDesk: words } = useWords();
  return (
    <Section title={words.says}>
      <blockquote className={styles["says"]}>{one.text}</blockquote>
      <Facts
        facts={[
          [words.subject, one.subject_name],
          [words.code, <span className="code">{spacedCode(one.subject)}</span>],
          [words.about, one.about === "whole" ? words.whole : typeset(one.indicator_name ?? words.record)],
          [words.enteredBy, one.entered_by_name],
          [words.entered, <span className="num">{moment(one.entered_at)}</span>],
          [words.due, <span className="num">{one.due}</span>],
        ]}
      />
      {one.fact !== null && (
        <div className={styles["fact"]}>
          <h3>{words.factAbout}</h3>
          <Records
            facts={[
              { item: String(one.fact["item"]), batch: Number(one.fact["batch"]), about: aboutOf(one) },
            ]}
          />
        </div>
      )}
    </Section>
  );
}

function aboutOf(one: ObjectionDetail): Record<string, unknown> {
  const about = one.fact?.["about"];
  return typeof about === "object" && about !== null ? (about as Record<string, unknown>) : {};
}

function Evaluated({ one }: Props) {
  const { objectionDesk: words } = useWords();
  return (
    <Section title={words.evaluation} note={words.evaluationNote}>
      <Facts
        facts={[
          [
            words.then,
            <>
              <State tone={GRADE_TONES[one.grade] ?? "calm"}>{one.grade}</State>{" "}
              <span className="num">{words.scoreOn(one.score, one.as_of)}</span>
            </>,
          ],
          [
            words.now,
            one.now === null ? (
              words.noneNow
            ) : (
              <>
                <State tone={GRADE_TONES[one.now.grade] ?? "calm"}>{one.now.grade}</State>{" "}
                <span className="num">{words.score(one.now.score)}</span>
              </>
            ),
          ],
          [
            words.model,
            <Link href={addressOf(one.model, one.version)}>{`${one.model} ${one.version}`}</Link>,
          ],
        ]}
      />
    </Section>
  );
}

function Answer({ one }: Props) {
  const { objectionDesk: words, evaluation } = useWords();
  return (
    <Section title={words.answer}>
      <Facts
        facts={[
          [words.outcome, <State tone={OBJECTION_TONES[one.state]}>{evaluation.states[one.state]}</State>],
          [words.reviewer, one.reviewer_name ?? "—"],
          [
            words.decided,
            <span className="num">{one.decided_at === null ? "—" : moment(one.decided_at)}</span>,
          ],
        ]}
      />
      {one.reasons !== null && <blockquote className={styles["says"]}>{one.reasons}</blockquote>}
      {one.wrong.length > 0 && (
        <div className={styles["fact"]}>
          <h3>{words.wrong}</h3>
          <p className="quiet">{words.wrongNote}</p>
          <Records facts={one.wrong} />
        </div>
      )}
    </Section>
  );
}

type Step = ObjectionDetail["steps"][number];

function Steps({ one }: Props) {
  const { objectionDesk: words } = useWords();
  const events: Readonly<Record<string, string>> = words.events;
  const columns: Column<Step>[] = [
    { title: words.step, cell: (step) => events[step.event] ?? step.event_name, isHead: true },
    { title: words.by, cell: (step) => step.actor_name },
    { title: words.at, cell: (step) => <span className="num">{moment(step.at)}</span> },
  ];
  return (
    <Section title={words.course}>
      <Rows
        label={words.course}
        rows={one.steps}
        columns={columns}
        keyOf={(step) => `${step.event} ${step.at}`}
      />
    </Section>
  );
}
