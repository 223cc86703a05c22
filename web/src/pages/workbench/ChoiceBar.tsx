import { Button } from "antd";

import type { PreviewItem } from "../../api/preview";
import { usePerson } from "../../app/session";
import { useWords } from "../../i18n/words";
import { count } from "../../parts/format";
import { countOf } from "./outlook";
import styles from "./workbench.module.css";

interface Props {
  looks: readonly PreviewItem[];
  chosen: ReadonlySet<string>;
  asked: number; // items that the firm would be asked for
  isAsking: boolean;
  onAsk: () => void;
  onInquire: () => void;
}

/** What the choice amounts to, and the two things to do with it; stays in sight. */
export function ChoiceBar({ looks, chosen, asked, isAsking, onAsk, onInquire }: Props) {
  const { workbench } = useWords();
  const person = usePerson();
  const counts = countOf(looks, chosen);
  const available = looks.filter((one) => chosen.has(one.item) && one.allowed).length;
  const parts = [workbench.sum(count(chosen.size), count(available))];
  if (counts.needed > 0) parts.push(workbench.sumNeeded(count(counts.needed)));
  if (counts.asked > 0) parts.push(workbench.sumAsked(count(counts.asked)));
  return (
    <div className={styles["bar"]}>
      <p className="num" role="status">
        {parts.join(" · ")}
      </p>
      <div>
        {person.may("request", "consent") && !isAsking && (
          <Button type={available === 0 ? "primary" : "default"} onClick={onAsk}>
            {asked > 0 ? workbench.ask(count(asked)) : workbench.askAgain}
          </Button>
        )}
        <Button
          type={isAsking ? "default" : "primary"}
          disabled={available === 0}
          title={available === 0 ? workbench.nothing : ""}
          onClick={onInquire}
        >
          {workbench.inquire(count(available))}
        </Button>
      </div>
    </div>
  );
}
