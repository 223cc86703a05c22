import { ArrowDownOutlined, ArrowUpOutlined, MinusOutlined } from "@ant-design/icons";

import { useWords } from "../../i18n/words";
import styles from "./indicators.module.css";

const ICONS = { higher: ArrowUpOutlined, lower: ArrowDownOutlined, neutral: MinusOutlined };

/** Which values speak for the subject, as a word and an arrow. */
export function DirectionMark({ direction }: { direction: string }) {
  const { indicators } = useWords();
  const known = direction === "higher" || direction === "lower" ? direction : "neutral";
  const Icon = ICONS[known];
  return (
    <span className={styles["direction"]}>
      <Icon aria-hidden /> {indicators.directions[known]}
    </span>
  );
}
