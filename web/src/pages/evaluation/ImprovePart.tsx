import { DownOutlined, UpOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Button } from "antd";
import { useState } from "react";
import { Link } from "wouter";

import {
  type Advice,
  type FactBehind,
  type Improvements,
  improvementsOf,
  type Lift,
  type Step,
} from "../../api/ownEvaluation";
import { usePerson } from "../../app/session";
import { useWords } from "../../i18n/words";
import { Empty } from "../../parts/Empty";
import { Facts } from "../../parts/Facts";
import { Loaded } from "../../parts/Loaded";
import { Section } from "../../parts/Page";
import { State } from "../../parts/State";
import { count } from "../../parts/format";
import { typeset } from "../../parts/typeset";
import { FactsBehind } from "./FactsBehind";
import styles from "./evaluation.module.css";
import { TONES } from "./scale";

/** What the firm can do about its evaluation: vetoes first, then by the points that each step would win. */
export function ImprovePart() {
  const person = usePerson();
  const query = useQuery(improvementsOf(person.subject ?? ""));
  return <Loaded query={query}>{(found) => <Known found={found} />}</Loaded>;
}

function Known({ found }: { found: Improvements }) {
  const { evaluation: words } = useWords();
  const { next, together } = found;
  return (
    <>
      <Section title={words.improve} note={words.improveNote}>
        <ul className={styles["outlook"]}>
          <li>{words.improveNow(count(found.score), words.grades[found.grade])}</li>
          {found.earned !== found.grade && found.lifts.length === 0 && (
            <li>{words.improveCapped(words.grades[found.grade])}</li>
          )}
          {next !== null && <li>{words.improveNext(count(next.needed), words.grades[next.grade])}</li>}
          {found.lifts.length + found.steps.length > 0 && (
            <li>{words.improveAll(count(together.score), words.grades[together.grade])}</li>
          )}
          {found.beyond > 0 && <li className="quiet">{words.improveBeyond(count(found.beyond))}</li>}
        </ul>
      </Section>
      {found.lifts.length > 0 && (
        <Section title={words.lifts} note={words.liftsNote}>
          <ol className={styles["steps"]}>
            {found.lifts.map((one) => (
              <OneLift key={`${one.indicator}${one.reason}`} lift={one} />
            ))}
          </ol>
        </Section>
      )}
      <Section title={words.steps}>
        {found.steps.length === 0 ? (
          <Empty title={words.nothingToImprove}>{words.nothingToImproveHint}</Empty>
        ) : (
          <ol className={styles["steps"]}>
            {found.steps.map((one) => (
              <OneStep key={`${one.indicator}${one.kind}`} step={one} />
            ))}
          </ol>
        )}
      </Section>
    </>
  );
}

function OneLift({ lift }: { lift: Lift }) {
  const { evaluation: words } = useWords();
  return (
    <li className={styles["step"]}>
      <header>
        <h3>{typeset(lift.reason)}</h3>
        <State tone={TONES[lift.grade_without]}>{words.liftTo(words.grades[lift.grade_without])}</State>
      </header>
      <p>{typeset(lift.action)}</p>
      <Where sources={lift.sources} indicator={lift.indicator} facts={lift.facts} />
    </li>
  );
}

function OneStep({ step }: { step: Step }) {
  const { evaluation: words } = useWords();
  return (
    <li className={styles["step"]}>
      <header>
        <h3>
          {typeset(step.name)} <State tone="calm">{words.kinds[step.kind]}</State>
        </h3>
        <strong className="num">
          {step.at_most ? words.gainAtMost(count(step.gain)) : words.gain(count(step.gain))}
        </strong>
      </header>
      <p>{typeset(step.action)}</p>
      <Facts
        facts={[
          [words.now, typeset(step.value)],
          [words.target, typeset(step.target)],
          [words.then, words.thenOf(count(step.score), words.grades[step.grade])],
        ]}
      />
      <Where sources={step.sources} indicator={step.indicator} facts={step.facts} />
    </li>
  );
}

/** To whom one goes, what they do, and the records it is about. */
function Where({ sources, indicator, facts }: { sources: Advice[]; indicator: string; facts: FactBehind[] }) {
  const { evaluation: words } = useWords();
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <h4>{words.where}</h4>
      <ul className={styles["where"]}>
        {sources.map((one) => (
          <li key={one.item}>
            <strong>{typeset(one.provider)}</strong> <span className="quiet">{typeset(one.item_name)}</span>
            <p>{typeset(one.way)}</p>
          </li>
        ))}
      </ul>
      <div className={styles["reasonDeeds"]}>
        {facts.length > 0 && (
          <Button
            type="link"
            size="small"
            aria-expanded={isOpen}
            icon={isOpen ? <UpOutlined aria-hidden /> : <DownOutlined aria-hidden />}
            onClick={() => setOpen(!isOpen)}
          >
            {isOpen ? words.hideBehind : words.behind(count(facts.length))}
          </Button>
        )}
        <Link href={`/my-evaluation/objections?about=${indicator}`}>{words.objectTo}</Link>
      </div>
      {isOpen && <FactsBehind facts={facts} />}
    </>
  );
}
