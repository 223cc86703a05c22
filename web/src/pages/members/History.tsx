import { useQuery } from "@tanstack/react-query";

import { stepsOf } from "../../api/members";
import type { MemberState, Step } from "../../api/types";
import { useWords } from "../../i18n/words";
import { Empty } from "../../parts/Empty";
import { Loaded } from "../../parts/Loaded";
import { Section } from "../../parts/Page";
import { State } from "../../parts/State";
import { moment } from "../../parts/format";
import { typeset } from "../../parts/typeset";
import { toneOf } from "./tones";
import styles from "./History.module.css";

/** Every step of a member's life, newest first. */
export function History({ id }: { id: string }) {
  const { members } = useWords();
  const query = useQuery(stepsOf(id));
  return (
    <Section title={members.history} note={members.historyNote}>
      <Loaded query={query}>
        {(steps) =>
          steps.length === 0 ? (
            <Empty title={members.noHistory} />
          ) : (
            <ol className={styles["steps"]}>
              {steps.toReversed().map((step) => (
                <StepLine key={step.id} step={step} />
              ))}
            </ol>
          )
        }
      </Loaded>
    </Section>
  );
}

function StepLine({ step }: { step: Step }) {
  const { members } = useWords();
  const state: MemberState = step.to_state;
  const checks = step.checks.filter(isCheck);
  return (
    <li>
      <time className="num quiet" dateTime={step.at}>
        {moment(step.at)}
      </time>
      <div>
        <p className={styles["what"]}>
          <State tone={toneOf(state)}>{members.states[state]}</State>
          <span>{step.actor_name}</span>
        </p>
        {step.note !== "" && <p>{typeset(step.note)}</p>}
        {checks.length > 0 && (
          <details>
            <summary>{members.checksThen}</summary>
            <ul>
              {checks.map((check) => (
                <li key={check.id}>{typeset(`${check.words}:${check.found}`)}</li>
              ))}
            </ul>
          </details>
        )}
      </div>
    </li>
  );
}

function isCheck(
  value: Readonly<Record<string, unknown>>,
): value is { id: string; words: string; found: string } {
  return (
    typeof value["id"] === "string" &&
    typeof value["words"] === "string" &&
    typeof value["found"] === "string"
  );
}
