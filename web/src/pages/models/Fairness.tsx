import type { Measured } from "../../api/evaluationDesk";
import { useWords } from "../../i18n/words";
import { Section } from "../../parts/Page";
import { type Column, Rows } from "../../parts/Rows";
import { State } from "../../parts/State";
import { count } from "../../parts/format";
import { GradeBar } from "../grades/GradeBar";
import { useGroupNames } from "../grades/names";
import styles from "./models.module.css";

type Line = Measured["fairness"][string][number];
const WIDE = 60; // points between a part's mean and that of all: to be explained

/** How the model treats places, sizes and industries: those who are alike should fare alike. */
export function Fairness({ told }: { told: Measured }) {
  const { scorecards: words } = useWords();
  const nameOf = useGroupNames();
  return (
    <Section title={words.fairness} note={words.fairnessNote}>
      <div className={styles["stacked"]}>
        {Object.entries(told.fairness).map(([group, parts]) => {
          const title = words.groups[group as keyof typeof words.groups] ?? group;
          const columns: Column<Line>[] = [
            { title, cell: (one) => nameOf(group, one.part), isHead: true },
            { title: words.subjects, cell: (one) => count(one.subjects), isNumber: true },
            { title: words.mean, cell: (one) => one.mean.toFixed(0), isNumber: true },
            { title: words.gap, cell: (one) => <Gap points={one.gap} />, isNumber: true },
            { title: words.gradeShares, cell: (one) => <GradeBar grades={one.grades} /> },
            {
              title: words.badOfKnown,
              cell: (one) => (one.known === 0 ? "—" : `${count(one.bad)} / ${count(one.known)}`),
              isNumber: true,
            },
            { title: "AUC", cell: (one) => one.auc?.toFixed(2) ?? "—", isNumber: true },
          ];
          return (
            <div key={group}>
              <h3>{title}</h3>
              <Rows label={title} rows={parts} columns={columns} keyOf={(one) => one.part} />
            </div>
          );
        })}
      </div>
    </Section>
  );
}

function Gap({ points }: { points: number }) {
  const said = `${points > 0 ? "+" : ""}${points.toFixed(0)}`;
  return Math.abs(points) > WIDE ? <State tone="wait">{said}</State> : said;
}
