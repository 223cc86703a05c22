import type { Explanation, PermissionTable } from "../../api/types";
import { useLanguage, useWords } from "../../i18n/words";
import { State } from "../../parts/State";
import { typeset } from "../../parts/typeset";
import styles from "./Question.module.css";

interface Props {
  found: Explanation;
  table: PermissionTable;
}

/** The verdict, what was looked at, who has the right, and what can be done. */
export function Answer({ found, table }: Props) {
  const { permissions } = useWords();
  const { language } = useLanguage();
  const name = (role: string) =>
    role === "all-persons" ? permissions.everybody : (table.roles[role]?.[language] ?? role);
  return (
    <div className={styles["answer"]}>
      <p className={styles["verdict"]}>
        <State tone={found.allowed ? "good" : "bad"}>
          {found.allowed ? permissions.allowed : permissions.refused}
        </State>
        {typeset(found.words)}
      </p>
      <div className={styles["parts"]}>
        {found.advice.length > 0 && (
          <section>
            <h3>{permissions.advice}</h3>
            <ul>
              {found.advice.map((words) => (
                <li key={words}>{typeset(words)}</li>
              ))}
            </ul>
          </section>
        )}
        <section>
          <h3>{permissions.considered}</h3>
          {found.considered.length === 0 && <p className="quiet">{permissions.noneConsidered}</p>}
          {found.considered.map((grant, index) => (
            <div key={index} className={styles["clause"]}>
              <p className="quiet">{`${permissions.clause(index + 1)} · ${grant.roles.map(name).join("、")}`}</p>
              <ul>
                {grant.conditions.length === 0 && <li>{permissions.noConditions}</li>}
                {grant.conditions.map((condition) => (
                  <li key={condition.name}>
                    <State tone={condition.holds ? "good" : "bad"}>
                      {condition.holds ? permissions.holds : permissions.fails}
                    </State>
                    {typeset(condition.holds ? condition.words : condition.wrong || condition.words)}
                  </li>
                ))}
              </ul>
            </div>
          ))}
        </section>
        <section>
          <h3>{permissions.holders}</h3>
          <ul>
            {found.holders.map((holder) => (
              <li key={holder.role}>
                {name(holder.role)}
                {holder.possible && !found.allowed && (
                  <span className="quiet"> · {permissions.possible}</span>
                )}
              </li>
            ))}
          </ul>
        </section>
      </div>
    </div>
  );
}
