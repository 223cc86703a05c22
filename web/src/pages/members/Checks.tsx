import type { Check } from "../../api/types";
import { useWords } from "../../i18n/words";
import { State } from "../../parts/State";
import { typeset } from "../../parts/typeset";
import styles from "./Checks.module.css";

/** Conditions as they stand, what is missing first; each that does not hold says what to do. */
export function Checks({ checks }: { checks: readonly Check[] }) {
  const { members } = useWords();
  const ordered = [...checks].sort((a, b) => Number(a.holds) - Number(b.holds));
  return (
    <ul className={styles["checks"]}>
      {ordered.map((check) => (
        <li key={check.id}>
          <State tone={check.holds ? "good" : "wait"}>{check.holds ? members.holds : members.fails}</State>
          <div>
            <strong>{typeset(check.words)}</strong>
            <p className="quiet">
              {typeset(check.found)}
              {check.until !== null && ` · ${members.until(check.until)}`}
            </p>
            {!check.holds && check.remedy !== "" && (
              <p className={styles["remedy"]}>
                <span>{members.todo}</span>
                {typeset(check.remedy)}
              </p>
            )}
          </div>
        </li>
      ))}
    </ul>
  );
}
