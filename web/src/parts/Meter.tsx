import styles from "./Meter.module.css";

/** A part of the most there can be; its figures stand beside it. */
export function Meter({ value, most }: { value: number; most: number }) {
  return (
    <span className={styles["meter"]} aria-hidden="true">
      <i style={{ width: `${most === 0 ? 0 : Math.min(100, (100 * value) / most)}%` }} />
    </span>
  );
}
