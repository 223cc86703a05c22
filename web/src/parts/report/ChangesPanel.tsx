import { Button } from "antd";

import { useWords } from "../../i18n/words";
import { Empty } from "../Empty";
import { Section } from "../Page";
import { count } from "../format";
import type { Changes } from "./arrange";
import type { Ways } from "./ReportView";
import type { Change, Report } from "./report";
import styles from "./report.module.css";

const KINDS = ["added", "changed", "ended", "removed"] as const;

/** How much changed between two dates, and which changes are shown below. */
export function ChangesPanel({ report, changes, ways }: { report: Report; changes: Changes; ways: Ways }) {
  const { reportView: words } = useWords();
  const all = KINDS.reduce((sum, kind) => sum + changes[kind], 0);
  const chosen = ways.change ?? "";
  const choices: [Change | "", string, number][] = [
    ["", words.everything, all],
    ...KINDS.map((kind): [Change, string, number] => [kind, words.changes[kind], changes[kind]]),
  ];
  return (
    <Section title={words.changesTitle} note={words.changesNote(report.since ?? "", report.as_of)}>
      {all === 0 ? (
        <Empty title={words.noChange}>{words.noChangeHint}</Empty>
      ) : (
        <div className={styles["choices"]} role="group" aria-label={words.show}>
          {choices.map(([kind, name, number]) => (
            <Button
              key={kind}
              type={kind === chosen ? "primary" : "default"}
              aria-pressed={kind === chosen}
              disabled={number === 0}
              onClick={() => ways.onChange?.(kind)}
            >
              <span className="num">{`${name} ${count(number)}`}</span>
            </Button>
          ))}
        </div>
      )}
    </Section>
  );
}
