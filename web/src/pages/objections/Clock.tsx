import type { Objection } from "../../api/objectionDesk";
import { useWords } from "../../i18n/words";
import { State } from "../../parts/State";
import { day, today } from "../../parts/format";
import { daysBetween, isOpen } from "./tones";

const SOON = 3; // days

/** How long there is for an answer; of what was decided, when. */
export function Clock({ one }: { one: Objection }) {
  const { objectionDesk: words } = useWords();
  if (!isOpen(one))
    return (
      <span className="num">{one.decided_at === null ? "—" : words.decidedOn(day(one.decided_at))}</span>
    );
  const left = daysBetween(today(), one.due);
  if (one.overdue) return <State tone="bad">{words.overdue(one.due)}</State>;
  return <State tone={left <= SOON ? "wait" : "calm"}>{words.left(left, one.due)}</State>;
}
