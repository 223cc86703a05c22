import type { ReactNode } from "react";
import { Link } from "wouter";

import { useWords } from "../i18n/words";
import { Brand } from "./Brand";
import { Controls } from "./Controls";
import { SkipLink } from "./SkipLink";
import styles from "./PublicFrame.module.css";

/** Around pages that need no sign-in. */
export function PublicFrame({ children }: { children: ReactNode }) {
  const { shell, front, places } = useWords();
  return (
    <div className={styles["frame"]}>
      <SkipLink />
      <header className={styles["bar"]}>
        <Brand />
        <nav className={styles["places"]} aria-label={front.nav}>
          <Link href="/statistics">{front.statistics}</Link>
          <Link href="/verify">{front.verify}</Link>
        </nav>
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
          <Link href="/catalogue">{places.names.catalogue}</Link>
          <span aria-hidden="true"> · </span>
          <Link href="/modules">{places.names.modules}</Link>
          <span aria-hidden="true"> · </span>
          <Link href="/statistics">{front.statistics}</Link>
          <span aria-hidden="true"> · </span>
          <Link href="/verify">{front.verify}</Link>
          <span aria-hidden="true"> · </span>
          <a href="/docs">{shell.apiDocs}</a>
        </p>
      </footer>
    </div>
  );
}
