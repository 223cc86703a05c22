import type { ReactNode } from "react";

import styles from "./Filters.module.css";

/** A row of filters above a list. */
export function Filters({ children }: { children: ReactNode }) {
  return <search className={styles["filters"]}>{children}</search>;
}

/** One filter with its name above it. */
export function Filter({ label, id, children }: { label: string; id: string; children: ReactNode }) {
  return (
    <div className={styles["filter"]}>
      <label htmlFor={id}>{label}</label>
      {children}
    </div>
  );
}
