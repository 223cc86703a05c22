import { type ReactNode, useEffect } from "react";

import { useWords } from "../i18n/words";
import styles from "./Page.module.css";

interface Props {
  title: string;
  lead?: ReactNode;
  actions?: ReactNode;
  trail?: ReactNode; // above the title: where this page lies
  narrow?: boolean; // forms and texts: a line stays readable
  isQuiet?: boolean; // the title is for the tab and for screen readers only
  children: ReactNode;
}

/** Head of a page, the same everywhere: title, one sentence, what can be done. */
export function Page({ title, lead, actions, trail, narrow = false, isQuiet = false, children }: Props) {
  useTitle(title);
  return (
    <div className={`${styles["page"]} ${narrow ? styles["narrow"] : ""}`}>
      {trail !== undefined && <div className={styles["trail"]}>{trail}</div>}
      <header className={isQuiet ? "unseen" : styles["head"]}>
        <div className={styles["words"]}>
          <h1>{title}</h1>
          {lead !== undefined && <p className={styles["lead"]}>{lead}</p>}
        </div>
        {actions !== undefined && <div className={styles["actions"]}>{actions}</div>}
      </header>
      {children}
    </div>
  );
}

/** A part of a page with a heading of its own. */
export function Section({
  title,
  note,
  actions,
  children,
}: {
  title: string;
  note?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
}) {
  return (
    <section className={styles["section"]}>
      <header className={styles["sectionHead"]}>
        <div>
          <h2>{title}</h2>
          {note !== undefined && <p className={styles["note"]}>{note}</p>}
        </div>
        {actions}
      </header>
      {children}
    </section>
  );
}

/** Title of the browser's tab. */
export function useTitle(title: string): void {
  const { shell } = useWords();
  useEffect(() => {
    document.title = `${title} · ${shell.platform}`;
  }, [title, shell.platform]);
}
