import { CheckOutlined } from "@ant-design/icons";

import type { MemberState } from "../../api/types";
import { useWords } from "../../i18n/words";
import { STAGES, stagesDone } from "./tones";
import styles from "./StageTrack.module.css";

/** How far a member has come on its way online. */
export function StageTrack({ state }: { state: MemberState }) {
  const { members } = useWords();
  const done = stagesDone(state);
  return (
    <ol className={styles["track"]} aria-label={members.progress}>
      {STAGES.map((stage, place) => {
        const standing = place < done ? "done" : place === done ? "now" : "ahead";
        return (
          <li
            key={stage}
            className={styles[standing]}
            {...(standing === "now" ? { "aria-current": "step" as const } : {})}
          >
            <span className={styles["dot"]} aria-hidden="true">
              {standing === "done" ? <CheckOutlined /> : place + 1}
            </span>
            <span>
              {members.stages[stage]}
              <span className="unseen">{`（${members[standing]}）`}</span>
            </span>
          </li>
        );
      })}
    </ol>
  );
}
