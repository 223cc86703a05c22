import type { ReactNode } from "react";

import styles from "./Empty.module.css";

/** Nothing here: why, and what to do next. */
export function Empty({
  title,
  children,
  action,
}: {
  title: string;
  children?: ReactNode;
  action?: ReactNode;
}) {
  return (
    <div className={styles["empty"]}>
      <svg viewBox="0 0 64 40" aria-hidden="true">
        <path d="M8 32h48M14 32V14a6 6 0 0 1 6-6h24a6 6 0 0 1 6 6v18" />
        <path d="M24 18h16M24 24h9" />
      </svg>
      <h3>{title}</h3>
      {children !== undefined && <p>{children}</p>}
      {action !== undefined && <div className={styles["action"]}>{action}</div>}
    </div>
  );
}
