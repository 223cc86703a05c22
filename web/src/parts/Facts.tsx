import type { ReactNode } from "react";

import styles from "./Facts.module.css";

/** Names and values of one thing. What is absent is said to be absent by the caller, never left blank. */
export function Facts({ facts }: { facts: [name: string, value: ReactNode][] }) {
  return (
    <dl className={styles["facts"]}>
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
