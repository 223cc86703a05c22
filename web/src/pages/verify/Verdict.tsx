import type { ReactNode } from "react";

import { State, type Tone } from "../../parts/State";
import styles from "./verify.module.css";

interface Props {
  tone: Tone;
  word: string;
  title: string;
  hint?: string;
  children?: ReactNode;
}

/** An answer in one line, then its reasons. */
export function Verdict({ tone, word, title, hint, children }: Props) {
  return (
    <section className={`${styles["result"]} ${styles[tone] ?? ""}`}>
      <header>
        <State tone={tone}>{word}</State>
        <h2>{title}</h2>
        {hint !== undefined && <p className={styles["note"]}>{hint}</p>}
      </header>
      {children}
    </section>
  );
}
