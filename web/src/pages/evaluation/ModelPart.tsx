import { useQuery } from "@tanstack/react-query";
import { Link } from "wouter";

import { type Evaluation, evaluationModelOf, type EvaluationModel } from "../../api/ownEvaluation";
import { useLanguage, useWords } from "../../i18n/words";
import { Facts } from "../../parts/Facts";
import { Loaded } from "../../parts/Loaded";
import { Section } from "../../parts/Page";
import { State } from "../../parts/State";
import { BarChart } from "../../parts/chart/Chart";
import { count, day } from "../../parts/format";
import { typeset } from "../../parts/typeset";
import { usePurposeNames } from "../seen/purposes";
import styles from "./evaluation.module.css";
import { TONES } from "./scale";

/** By which model the firm was evaluated, what that may and may not be used for, and the way to a person. */
export function ModelPart({ evaluation }: { evaluation: Evaluation }) {
  const { id, version } = evaluation.model;
  const query = useQuery(evaluationModelOf(id, version));
  return (
    <>
      <Uses evaluation={evaluation} />
      <Loaded query={query}>{(model) => <About model={model} />}</Loaded>
    </>
  );
}

function Uses({ evaluation }: { evaluation: Evaluation }) {
  const { evaluation: words } = useWords();
  const purposeName = usePurposeNames();
  return (
    <>
      <Section title={words.allowed}>
        <ul className={styles["uses"]}>
          {evaluation.uses.allowed.map((one) => (
            <li key={one}>
              <State tone="good">{purposeName(one)}</State>
            </li>
          ))}
        </ul>
      </Section>
      <Section title={words.forbidden} note={words.forbiddenNote}>
        <ul className={styles["forbidden"]}>
          {evaluation.uses.forbidden.map((one) => (
            <li key={one}>{typeset(one)}</li>
          ))}
        </ul>
      </Section>
      <Section title={words.person} note={words.personNote}>
        <p>{typeset(evaluation.person)}</p>
        <p className={styles["toObjection"]}>
          <Link href="/my-evaluation/objections">{words.toObjection}</Link>
        </p>
      </Section>
    </>
  );
}

function About({ model }: { model: EvaluationModel }) {
  const { evaluation: words } = useWords();
  const { language } = useLanguage();
  const card = model.document;
  const vetoes = card.vetoes ?? [];
  return (
    <>
      <Section title={words.model}>
        <Facts
          facts={[
            [words.modelName, typeset(card.name[language])],
            [words.version, <span className="num">{card.version}</span>],
            ...(model.started_at === null
              ? []
              : ([[words.inForceSince, <span className="num">{day(model.started_at)}</span>]] as [
                  string,
                  React.ReactNode,
                ][])),
            [words.validity, words.months(count(card.valid_months))],
            [words.basis, card.basis.map((one) => <div key={one}>{typeset(one)}</div>)],
            ["", card.source_status === "official" ? words.official : words.reconstructed],
          ]}
        />
      </Section>
      <Section title={words.cutOffs}>
        <ul className={styles["uses"]}>
          {card.grades.map((one) => (
            <li key={one.grade}>
              <State tone={TONES[one.grade]}>{words.cutOff(words.grades[one.grade], count(one.score))}</State>
            </li>
          ))}
        </ul>
      </Section>
      <Section title={words.weights}>
        <BarChart
          title={words.weights}
          parts={card.dimensions.map((one) => ({
            name: typeset(one.name[language]),
            value: one.indicators.reduce((sum, { weight }) => sum + weight, 0),
          }))}
        />
      </Section>
      {vetoes.length > 0 && (
        <Section title={words.vetoes} note={words.vetoesNote}>
          <ul className={styles["vetoes"]}>
            {vetoes.map((one) => (
              <li key={`${one.indicator}${String(one.value)}`}>
                <span>{typeset(one.reason)}</span>
                <State tone={TONES[one.grade]}>{words.grades[one.grade]}</State>
              </li>
            ))}
          </ul>
        </Section>
      )}
    </>
  );
}
