import { Alert } from "antd";
import { Link } from "wouter";

import type { Mending } from "../../api/collect";
import { useWords } from "../../i18n/words";
import { count } from "../../parts/format";
import styles from "./mend.module.css";

interface Props {
  latest: Mending["corrections"][number];
  isChecking: boolean;
  left: number; // rows still to be mended
}

/** What became of the rows that were sent back last. */
export function Outcome({ latest, isChecking, left }: Props) {
  const { deliveries: words, batchDesk } = useWords();
  const link = <Link href={`/deliveries/${latest.id}`}>{batchDesk.of(latest.id)}</Link>;
  if (isChecking)
    return (
      <Notice type="info" title={words.checking(latest.id)} description={batchDesk.states[latest.state]} />
    );
  if (latest.state === "held")
    return <Notice type="warning" title={words.outcomeHeld(latest.id)} description={link} />;
  if (latest.state === "rejected")
    return <Notice type="error" title={words.outcomeRejected(latest.id)} description={link} />;
  const { read, accepted } = latest;
  if (read === null || accepted === null) return null;
  const isWhole = read === accepted;
  return (
    <Notice
      type={isWhole ? "success" : "warning"}
      title={isWhole ? words.outcomeAll(count(read)) : words.outcome(count(accepted), count(read))}
      description={
        <>
          {left > 0 && !isWhole && <p>{words.remain(count(read - accepted))}</p>}
          {link}
        </>
      }
    />
  );
}

function Notice(props: {
  type: "info" | "success" | "warning" | "error";
  title: string;
  description: React.ReactNode;
}) {
  return <Alert showIcon role="status" className={styles["gap"] ?? ""} {...props} />;
}
