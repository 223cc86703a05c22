import type { Grade } from "../../api/ownEvaluation";
import { useWords } from "../../i18n/words";
import { count } from "../../parts/format";
import styles from "./evaluation.module.css";
import { placeOf, rising } from "./scale";

interface Props {
  grades: readonly { grade: Grade; score: number }[];
  score: number;
  full: number;
}

/** Where the score lies between the cut-offs of the grades. */
export function GradeScale({ grades, score, full }: Props) {
  const { evaluation: words } = useWords();
  const steps = rising(grades);
  const held = steps.findLast((one) => score >= one.score);
  return (
    <div
      className={styles["scale"]}
      role="img"
      aria-label={words.scaleLabel(count(score), held === undefined ? "—" : words.grades[held.grade])}
    >
      <div className={styles["bands"]}>
        {steps.map((one) => (
          <div key={one.grade} className={styles["band"]} data-held={one === held}>
            <span>{one.grade}</span> <small className="num">{words.from(count(one.score))}</small>
          </div>
        ))}
      </div>
      <i className={styles["mark"]} style={{ left: `${placeOf(grades, score, full)}%` }} />
    </div>
  );
}
