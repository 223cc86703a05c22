import { useQuery } from "@tanstack/react-query";

import { type Evaluation, evaluationModelOf } from "../../api/ownEvaluation";
import { useWords } from "../../i18n/words";
import { Facts } from "../../parts/Facts";
import { Section } from "../../parts/Page";
import { State } from "../../parts/State";
import { count } from "../../parts/format";
import { typeset } from "../../parts/typeset";
import { Dimensions } from "./Dimensions";
import { GradeScale } from "./GradeScale";
import { Reasons } from "./Reasons";
import styles from "./evaluation.module.css";
import { fullOf, nextGrade, TONES } from "./scale";

/** Grade, score, dimensions and reasons. */
export function ResultPart({ evaluation }: { evaluation: Evaluation }) {
  return (
    <>
      <Grade evaluation={evaluation} />
      <Dimensions evaluation={evaluation} />
      <Reasons evaluation={evaluation} />
    </>
  );
}

function Grade({ evaluation }: { evaluation: Evaluation }) {
  const { evaluation: words } = useWords();
  const { id, version } = evaluation.model;
  const model = useQuery(evaluationModelOf(id, version));
  const grades = model.data?.document.grades ?? [];
  const full = fullOf(evaluation.dimensions);
  const next = nextGrade(grades, evaluation.score);
  const isCapped = evaluation.earned !== evaluation.grade;
  return (
    <Section
      title={words.result}
      actions={evaluation.disputed ? <State tone="wait">{words.disputed}</State> : undefined}
    >
      <div className={styles["result"]}>
        <p className={styles["grade"]}>
          <span className="unseen">{words.gradeLabel}</span>
          <strong>{evaluation.grade}</strong>
          <State tone={TONES[evaluation.grade]}>{words.grades[evaluation.grade]}</State>
        </p>
        <div className={styles["standing"]}>
          <p className={styles["score"]}>
            <strong className="num">{count(evaluation.score)}</strong>
            <span className="quiet num">{words.outOf(count(full))}</span>
          </p>
          {grades.length > 0 && <GradeScale grades={grades} score={evaluation.score} full={full} />}
          <p className={styles["next"]}>
            {isCapped
              ? words.capped(words.grades[evaluation.earned], words.grades[evaluation.grade])
              : grades.length === 0
                ? ""
                : next === null
                  ? words.top
                  : words.toNext(words.grades[next.grade], count(next.points))}
          </p>
        </div>
      </div>
      <Facts
        facts={[
          [words.asOf, <span className="num">{evaluation.as_of}</span>],
          [words.validTo, <span className="num">{evaluation.valid_to}</span>],
          [words.modelName, typeset(`${evaluation.model.name} ${evaluation.model.version}`)],
          ...(evaluation.leaf === null
            ? []
            : ([[words.evidence, words.leaf(count(evaluation.leaf))]] as [string, string][])),
        ]}
      />
    </Section>
  );
}
