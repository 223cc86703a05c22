import { useQuery } from "@tanstack/react-query";

import { askedOf } from "../../api/members";
import type { MemberKind } from "../../api/types";
import { useLanguage, useWords } from "../../i18n/words";
import { Loaded } from "../../parts/Loaded";
import { typeset } from "../../parts/typeset";
import { STAGES } from "../members/tones";
import styles from "./Asked.module.css";

/** What a kind of member must have, before anybody fills in a form. */
export function Asked({ kind }: { kind: MemberKind }) {
  const { apply, members } = useWords();
  const { language } = useLanguage();
  const query = useQuery(askedOf(kind));
  return (
    <Loaded query={query}>
      {(asked) => (
        <div className={styles["asked"]}>
          <h3>{apply.asked}</h3>
          <p className="quiet">{apply.askedNote(asked.version)}</p>
          <dl>
            {STAGES.map((stage) => {
              const conditions = asked.conditions.filter((one) => one.at === stage);
              if (conditions.length === 0) return null;
              return (
                <div key={stage}>
                  <dt>{members.stages[stage]}</dt>
                  <dd>
                    {conditions.map((one) => (
                      <p key={one.id}>{typeset(one[language])}</p>
                    ))}
                  </dd>
                </div>
              );
            })}
            <div>
              <dt>{apply.basis}</dt>
              <dd>
                {asked.basis.map((one) => (
                  <p key={one}>{typeset(one)}</p>
                ))}
              </dd>
            </div>
          </dl>
        </div>
      )}
    </Loaded>
  );
}
