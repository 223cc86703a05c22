import { useWords } from "../../i18n/words";
import { count } from "../../parts/format";
import { GRADES } from "../models/tones";
import styles from "./grades.module.css";

const MARKS = ["gradeA", "gradeB", "gradeC", "gradeD"];

/** Shares of the grades as a bar, with the figures beneath: never colour alone. */
export function GradeBar({ grades }: { grades: Readonly<Record<string, number>> }) {
  const { grading } = useWords();
  const whole = GRADES.reduce((sum, grade) => sum + (grades[grade] ?? 0), 0);
  if (whole === 0) return "—";
  return (
    <div className={styles["gradeBar"]}>
      <div className={styles["bar"]} aria-hidden="true">
        {GRADES.map((grade, i) => (
          <i
            key={grade}
            className={styles[MARKS[i] ?? ""]}
            style={{ flexGrow: (grades[grade] ?? 0) / whole }}
          />
        ))}
      </div>
      <p className="num">
        {GRADES.map((grade) =>
          grading.gradeShare(
            grade,
            count(grades[grade] ?? 0),
            ((100 * (grades[grade] ?? 0)) / whole).toFixed(0),
          ),
        ).join(" · ")}
      </p>
    </div>
  );
}
