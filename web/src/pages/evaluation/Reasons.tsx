import { DownOutlined, UpOutlined } from "@ant-design/icons";
import { Button } from "antd";
import { useState } from "react";
import { Link } from "wouter";

import type { Effect, Evaluation, Reason } from "../../api/ownEvaluation";
import { useWords } from "../../i18n/words";
import { Section } from "../../parts/Page";
import { State, type Tone } from "../../parts/State";
import { count } from "../../parts/format";
import { typeset } from "../../parts/typeset";
import { FactsBehind } from "./FactsBehind";
import styles from "./evaluation.module.css";
import { byEffect } from "./reasons";

const TONES: Readonly<Record<Effect, Tone>> = {
  veto: "bad",
  lowered: "wait",
  unknown: "calm",
  raised: "good",
};
const MANY = 8;

/** Why the result is what it is: by effect, each with what would change it and the records behind it. */
export function Reasons({ evaluation }: { evaluation: Evaluation }) {
  const { evaluation: words } = useWords();
  return (
    <Section title={words.reasons} note={words.reasonsNote}>
      {byEffect(evaluation.reasons).map(({ effect, reasons }) => (
        <Group key={effect} effect={effect} reasons={reasons} evaluation={evaluation} />
      ))}
    </Section>
  );
}

interface GroupProps {
  effect: Effect;
  reasons: Reason[];
  evaluation: Evaluation;
}

function Group({ effect, reasons, evaluation }: GroupProps) {
  const { evaluation: words, shell } = useWords();
  const [isAll, setAll] = useState(false);
  const isLong = reasons.length > MANY;
  const shown = isAll || !isLong ? reasons : reasons.slice(0, MANY);
  return (
    <section className={styles["group"]} aria-label={words.effects[effect]}>
      <h3>
        <State tone={TONES[effect]}>{words.effects[effect]}</State>
        <span className="quiet num">{words.count(count(reasons.length))}</span>
      </h3>
      <ul className={styles["reasons"]}>
        {shown.map((one) => (
          <OneReason key={`${one.effect}${one.indicator}`} reason={one} evaluation={evaluation} />
        ))}
      </ul>
      {isLong && !isAll && (
        <Button type="link" className={styles["more"] ?? ""} onClick={() => setAll(true)}>
          {shell.all} · {words.count(count(reasons.length))}
        </Button>
      )}
    </section>
  );
}

function OneReason({ reason, evaluation }: { reason: Reason; evaluation: Evaluation }) {
  const { evaluation: words } = useWords();
  const [isOpen, setOpen] = useState(false);
  const facts = evaluation.facts[reason.indicator] ?? [];
  const isAgainst = reason.effect !== "raised";
  return (
    <li className={styles["reason"]}>
      <div className={styles["reasonWords"]}>
        <p>{typeset(reason.text)}</p>
        {reason.change !== null && (
          <p className={styles["change"]}>
            <span className="quiet">{words.change}</span> {typeset(reason.change)}
          </p>
        )}
        {isAgainst && (
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
            <Link href={`/my-evaluation/objections?about=${reason.indicator}`}>{words.objectTo}</Link>
          </div>
        )}
      </div>
      <span className={`num ${styles["lost"]}`}>
        {reason.effect === "veto"
          ? ""
          : reason.points === reason.weight
            ? words.pointsOf(count(reason.points))
            : words.lost(count(reason.weight - reason.points))}
      </span>
      {isOpen && <FactsBehind facts={facts} />}
    </li>
  );
}
