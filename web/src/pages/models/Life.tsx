import { CheckOutlined } from "@ant-design/icons";

import type { Model } from "../../api/evaluationDesk";
import { useWords } from "../../i18n/words";
import { day } from "../../parts/format";
import { Who } from "../log/Who";
import { stepsOf } from "./tones";
import styles from "./models.module.css";

/** The life of a version as steps: who took them and when, where it stands, what lies ahead. */
export function Life({ model, isSmall = false }: { model: Model; isSmall?: boolean }) {
  const { scorecards: words } = useWords();
  return (
    <ol className={`${styles["life"]} ${isSmall ? styles["smallLife"] : ""}`} aria-label={words.life}>
      {stepsOf(model).map((step, place) => (
        <li
          key={step.state}
          className={styles[step.standing]}
          {...(step.standing === "now" ? { "aria-current": "step" as const } : {})}
        >
          <span className={styles["dot"]} aria-hidden="true">
            {step.standing === "done" ? <CheckOutlined /> : place + 1}
          </span>
          <span>
            {words.states[step.state]}
            <span className="unseen">{`（${words.standings[step.standing]}）`}</span>
            {!isSmall && step.at !== null && (
              <span className={styles["taken"]}>
                <span className="num">{day(step.at)}</span> <Who id={step.by} />
              </span>
            )}
          </span>
        </li>
      ))}
    </ol>
  );
}
