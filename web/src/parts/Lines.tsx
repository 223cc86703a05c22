import type { ReactNode } from "react";

import styles from "./Lines.module.css";

/** Few things of one kind, a line each: words on the left, what can be done on the right. */
export function Lines({ children }: { children: ReactNode }) {
  return <ul className={styles["lines"]}>{children}</ul>;
}
