import { DownOutlined, UpOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Button, Select } from "antd";

import {
  type Evaluation,
  type Objection,
  OBJECTIONS_PAGE,
  type ObjectionState,
  ownObjectionOf,
  ownObjections,
  withdrawObjection,
} from "../../api/ownEvaluation";
import { usePerson } from "../../app/session";
import { useWords } from "../../i18n/words";
import { ConfirmButton } from "../../parts/ConfirmButton";
import { Empty } from "../../parts/Empty";
import { Facts } from "../../parts/Facts";
import { Filter, Filters } from "../../parts/Filters";
import { Loaded } from "../../parts/Loaded";
import { FaultNotice } from "../../parts/Notice";
import { Section } from "../../parts/Page";
import { Pager } from "../../parts/Pager";
import { State, type Tone } from "../../parts/State";
import { useAddress } from "../../parts/address";
import { count, day, moment } from "../../parts/format";
import { typeset } from "../../parts/typeset";
import { useDeed } from "../../parts/useDeed";
import { ObjectionForm } from "./ObjectionForm";
import styles from "./evaluation.module.css";

const TONES: Readonly<Record<ObjectionState, Tone>> = {
  received: "wait",
  in_review: "wait",
  upheld: "good",
  partly: "accent",
  rejected: "bad",
  withdrawn: "calm",
};
const REFRESHED = [["own-evaluation"]] as const;

/** To object to the evaluation, and what became of the objections so far. */
export function ObjectionsPart({ evaluation }: { evaluation: Evaluation }) {
  const person = usePerson();
  return (
    <>
      {person.may("create", "evaluation-objection") && <ObjectionForm evaluation={evaluation} />}
      <Yours />
    </>
  );
}

function Yours() {
  const { evaluation: words, shell } = useWords();
  const { value, change, page, toPage } = useAddress();
  const state = value("state") as ObjectionState | "";
  const query = useQuery(ownObjections(state, page));
  return (
    <Section title={words.yours}>
      <Filters>
        <Filter label={words.show} id="state">
          <Select
            id="state"
            value={state}
            options={[
              { value: "", label: shell.all },
              ...Object.entries(words.states).map(([code, name]) => ({ value: code, label: name })),
            ]}
            onChange={(next: string) => change({ state: next })}
          />
        </Filter>
      </Filters>
      <Loaded query={query}>
        {(found) =>
          found.total === 0 ? (
            <Empty title={state === "" ? words.none : words.noneChosen}>
              {state === "" ? words.noneHint : ""}
            </Empty>
          ) : (
            <>
              <ol className={styles["objections"]}>
                {found.objections.map((one) => (
                  <OneObjection key={one.id} objection={one} />
                ))}
              </ol>
              <Pager page={page} pageSize={OBJECTIONS_PAGE} total={found.total} onPage={toPage} />
            </>
          )
        }
      </Loaded>
    </Section>
  );
}

function OneObjection({ objection }: { objection: Objection }) {
  const { evaluation: words } = useWords();
  const { value, change } = useAddress();
  const isOpen = value("objection") === objection.id;
  const isUnderWay = objection.state === "received" || objection.state === "in_review";
  const about =
    objection.about === "whole"
      ? words.aboutWhole
      : words.aboutIndicator(typeset(objection.indicator_name ?? objection.indicator ?? ""));
  return (
    <li className={styles["objection"]}>
      <header>
        <h3>{about}</h3>
        <State tone={TONES[objection.state]}>{words.states[objection.state]}</State>
        {objection.unseen && <State tone="accent">{words.unseen}</State>}
      </header>
      <p>{objection.text}</p>
      <p className={styles["origin"]}>
        <span className="num">
          {words.at} {moment(objection.entered_at)} · {objection.entered_by_name}
        </span>
        {isUnderWay && (
          <span className="num">
            {words.due} {day(objection.due)} {objection.overdue ? words.overdue : ""}
          </span>
        )}
      </p>
      <div className={styles["reasonDeeds"]}>
        <Button
          type="link"
          size="small"
          aria-expanded={isOpen}
          icon={isOpen ? <UpOutlined aria-hidden /> : <DownOutlined aria-hidden />}
          onClick={() => change({ objection: isOpen ? "" : objection.id })}
        >
          {isOpen ? words.hideDetail : words.detail}
        </Button>
      </div>
      {isOpen && <Detail id={objection.id} isUnderWay={isUnderWay} />}
    </li>
  );
}

function Detail({ id, isUnderWay }: { id: string; isUnderWay: boolean }) {
  const { evaluation: words } = useWords();
  const person = usePerson();
  const query = useQuery(ownObjectionOf(id));
  const withdraw = useDeed({
    act: () => withdrawObjection(id),
    done: words.withdrawn,
    refreshes: REFRESHED,
  });
  return (
    <Loaded query={query}>
      {(one) => (
        <div className={styles["detail"]}>
          <Facts
            facts={[
              [words.whatWas, words.standing(count(one.score), words.grades[one.grade])],
              ...(one.now === null
                ? []
                : ([[words.whatIs, words.standing(count(one.now.score), words.grades[one.now.grade])]] as [
                    string,
                    string,
                  ][])),
              ...(one.reviewer_name === null
                ? []
                : ([[words.reviewer, one.reviewer_name]] as [string, string][])),
            ]}
          />
          <h4>{words.answer}</h4>
          <p>{one.reasons ?? <span className="quiet">{words.noAnswer}</span>}</p>
          {one.wrong.length > 0 && (
            <>
              <h4>{words.wrong}</h4>
              <ul>
                {one.wrong.map((record, place) => (
                  <li key={place}>
                    {typeset(record.item_name)} · {typeset(record.what)}
                  </li>
                ))}
              </ul>
            </>
          )}
          <h4>{words.detail}</h4>
          <ol className={styles["track"]}>
            {one.steps.map((step) => (
              <li key={`${step.event}${step.at}`}>
                <time className="num">{moment(step.at)}</time>{" "}
                {words.events[step.event as keyof typeof words.events] ?? step.event_name}
                <span className="quiet"> {step.actor_name}</span>
              </li>
            ))}
          </ol>
          {withdraw.isError && <FaultNotice thrown={withdraw.error} />}
          {isUnderWay && person.may("withdraw", "evaluation-objection") && (
            <ConfirmButton
              sure={words.withdrawSure}
              loading={withdraw.isPending}
              onConfirm={() => withdraw.mutate(undefined)}
            >
              {words.withdraw}
            </ConfirmButton>
          )}
        </div>
      )}
    </Loaded>
  );
}
