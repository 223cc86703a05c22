import { useWords } from "../../i18n/words";
import { count } from "../../parts/format";
import { toHex } from "./merkle";
import { Tree } from "./Tree";
import type { Verified } from "./verify";
import styles from "./ledger.module.css";

/** What the browser found, in words, as a figure, and hash by hash. */
export function Proof({ index, found, keyId }: { index: number; found: Verified; keyId: string }) {
  const { ledgerLog } = useWords();
  const { failure, rungs } = found;
  if (failure !== null) {
    return (
      <div className={`${styles["verdict"]} ${styles["fails"]}`} role="alert">
        <strong>{`${ledgerLog.fails}：${ledgerLog.failed[failure]}`}</strong>
        <p>{ledgerLog.failHint}</p>
      </div>
    );
  }
  return (
    <>
      <div className={`${styles["verdict"]} ${styles["holds"]}`} role="status">
        <strong>{ledgerLog.holds}</strong>
        <ul>
          <li>{ledgerLog.steps.leaf}</li>
          <li>{ledgerLog.steps.path(rungs.length)}</li>
          <li>
            {found.signature === "good"
              ? ledgerLog.steps.signature(keyId.slice(0, 16))
              : ledgerLog.steps.noSignature}
          </li>
        </ul>
      </div>
      <p className="quiet">{ledgerLog.keyHint}</p>
      <div className={styles["proof"]}>
        <figure style={{ margin: 0 }}>
          <h3>{ledgerLog.figure}</h3>
          <p className="quiet">
            {rungs.length === 0 ? ledgerLog.single : ledgerLog.figureNote(count(index), count(found.size))}
          </p>
          <Tree index={index} leaf={found.leaf} rungs={rungs} />
        </figure>
        <div>
          <h3>{ledgerLog.path}</h3>
          <ol className={styles["path"]}>
            <li>
              {`${ledgerLog.leafNode} ${count(index)}`} <div className="code">{toHex(found.leaf)}</div>
            </li>
            {rungs.map((rung, level) => (
              <li key={level}>
                <span className="quiet">
                  {`${level + 1} · ${ledgerLog.side}${rung.isLeft ? ledgerLog.left : ledgerLog.right}`}
                </span>
                <div className="code quiet">{toHex(rung.sibling)}</div>
                <div>
                  {level === rungs.length - 1 ? ledgerLog.rootNode : ledgerLog.merged}
                  <div className="code">{toHex(rung.merged)}</div>
                </div>
              </li>
            ))}
          </ol>
        </div>
      </div>
    </>
  );
}
