import type { ReactNode } from "react";
import { Link } from "wouter";

import { useWords } from "../i18n/words";
import { Brand } from "./Brand";
import { Controls } from "./Controls";
import { SkipLink } from "./SkipLink";
import styles from "./PublicFrame.module.css";

/** Around pages that need no sign-in. */
export function PublicFrame({ children }: { children: ReactNode }) {
  const { shell } = useWords();
  return (
    <div className={styles["frame"]}>
      <SkipLink />
      <header className={styles["bar"]}>
        <Brand />
        <div className={styles["controls"]}>
          <Controls />
          <Link href="/sign-in" className={styles["signIn"]}>
            {shell.signIn}
          </Link>
        </div>
      </header>
      <main id="content" tabIndex={-1} className={styles["main"]}>
        {children}
      </main>
      <footer className={styles["foot"]}>
        <p>{shell.footerLaw}</p>
        <p>
          <a href="/docs">{shell.apiDocs}</a>
        </p>
      </footer>
    </div>
  );
}
