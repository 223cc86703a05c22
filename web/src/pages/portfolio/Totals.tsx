import { useId } from "react";

import type { Portfolio, PortfolioTotal } from "../../api/portfolio";
import { useWords } from "../../i18n/words";
import { Facts } from "../../parts/Facts";
import { Section } from "../../parts/Page";
import { State, type Tone } from "../../parts/State";
import { count } from "../../parts/format";
import { typeset } from "../../parts/typeset";
import { GRADES, matrixOf } from "./moves";
import styles from "./portfolio.module.css";

const DRIFTS: Readonly<Record<NonNullable<PortfolioTotal["drift"]>, Tone>> = {
  stable: "good",
  watch: "wait",
  alarm: "bad",
};

/** The whole portfolio by one model: grades now and then, moves between them, drift. */
export function Totals({ portfolio, total }: { portfolio: Portfolio; total: PortfolioTotal }) {
  const { portfolio: words } = useWords();
  return (
    <Section
      title={typeset(total.model_name)}
      note={`${words.summaryOf(count(total.subjects))} · ${words.compared(portfolio.since, count(total.compared))}`}
    >
      <div className={styles["totals"]}>
        <Facts
          facts={[
            ...GRADES.map((grade): [string, React.ReactNode] => [
              words.grades[grade],
              <span className="num">
                <strong className={styles["figure"]}>{count(total.now[grade] ?? 0)}</strong>{" "}
                <span className="quiet">
                  {words.then} {count(total.then[grade] ?? 0)}
                </span>
              </span>,
            ]),
            [
              words.drift,
              total.psi === null || total.drift === null ? (
                <span className="quiet">{words.noDrift}</span>
              ) : (
                <span className={styles["drift"]} title={words.driftNote}>
                  <span className="num">{total.psi.toFixed(3)}</span>
                  <State tone={DRIFTS[total.drift]}>{words.drifts[total.drift]}</State>
                </span>
              ),
            ],
          ]}
        />
        <Matrix portfolio={portfolio} total={total} />
      </div>
    </Section>
  );
}

/** Moves between grades: the darker, the larger the part of those that had the grade. */
function Matrix({ portfolio, total }: { portfolio: Portfolio; total: PortfolioTotal }) {
  const { portfolio: words } = useWords();
  const id = useId();
  return (
    <figure className={styles["matrix"]} aria-labelledby={id}>
      <figcaption>
        <h3 id={id}>{words.matrix}</h3>
        <p className="quiet">{words.matrixNote(portfolio.since, portfolio.as_of)}</p>
      </figcaption>
      <table aria-labelledby={id}>
        <thead>
          <tr>
            <th scope="col">
              {words.then} ＼ {words.now}
            </th>
            {GRADES.map((grade) => (
              <th key={grade} scope="col">
                {grade}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {matrixOf(total.moves).map(({ then, cells }) => (
            <tr key={then ?? "none"}>
              <th scope="row">{then ?? words.noneThen}</th>
              {cells.map((cell) => (
                <td key={cell.now} data-way={cell.way} data-shade={cell.shade}>
                  {cell.subjects === 0 ? <span className="quiet">0</span> : count(cell.subjects)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </figure>
  );
}
