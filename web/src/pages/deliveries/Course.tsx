import type { Batch } from "../../api/collect";
import { useWords } from "../../i18n/words";
import { Section } from "../../parts/Page";
import { State, type Tone } from "../../parts/State";
import { hasEnded } from "../../api/collect";
import { courseOf, type Standing } from "./steps";
import styles from "./delivery.module.css";

const TONES: Record<Standing, Tone> = { done: "good", now: "accent", stopped: "bad", ahead: "calm" };

/** The steps of a batch; while it goes on, the page follows it. */
export function Course({ batch }: { batch: Batch }) {
  const { deliveries: words, batchDesk } = useWords();
  const course = courseOf(batch);
  const now = course.find(([, standing]) => standing === "now");
  const say: Record<Standing, string> = {
    done: words.done,
    now: words.now,
    stopped: batchDesk.states[batch.state],
    ahead: words.ahead,
  };
  return (
    <Section title={words.course}>
      <ol className={styles["course"]}>
        {course.map(([step, standing]) => (
          <li
            key={step}
            data-standing={standing}
            {...(standing === "now" && { "aria-current": "step" as const })}
          >
            <span className={styles["step"]}>{words.steps[step]}</span>
            <State tone={TONES[standing]}>{say[standing]}</State>
          </li>
        ))}
      </ol>
      <p role="status" className="quiet">
        {!hasEnded(batch) && now !== undefined && words.live(words.steps[now[0]])}
      </p>
    </Section>
  );
}
