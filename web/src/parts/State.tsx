import styles from "./State.module.css";

export type Tone = "good" | "wait" | "bad" | "calm" | "accent";

/** A state: a word, and a colour that repeats it. The shape of the dot differs too, for those who see no colours. */
export function State({ tone, children }: { tone: Tone; children: string }) {
  return <span className={`${styles["state"]} ${styles[tone]}`}>{children}</span>;
}
