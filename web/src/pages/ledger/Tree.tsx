import { useWords } from "../../i18n/words";
import type { Rung } from "./merkle";
import { shortHash } from "./note";
import styles from "./ledger.module.css";

const STEP = 62; // between levels
const WIDTH = 360;
const MIDDLE = WIDTH / 2;
const SHIFT = 62; // by how much a parent stands to the side of its child
const REACH = 112; // from a node to its sibling

/** The audit path as it climbs: filled what was computed, hollow the branches that the proof gives. */
export function Tree({
  index,
  leaf,
  rungs,
}: {
  index: number;
  leaf: Uint8Array<ArrayBuffer>;
  rungs: Rung[];
}) {
  const { ledgerLog } = useWords();
  const height = 56 + rungs.length * STEP;
  const y = (level: number) => height - 28 - level * STEP;
  // The path swings around the middle: the child of a left branch stands right of its parent.
  const x = (level: number) => {
    const rung = rungs[level];
    if (rung === undefined) return MIDDLE;
    return MIDDLE + (rung.isLeft ? SHIFT : -SHIFT) * 0.9;
  };
  return (
    <svg
      className={styles["tree"]}
      viewBox={`0 0 ${WIDTH} ${height}`}
      role="img"
      aria-label={ledgerLog.figureLabel(rungs.length)}
    >
      {rungs.map((rung, level) => {
        const from = x(level);
        const beside = from + (rung.isLeft ? -REACH : REACH);
        const up = x(level + 1);
        return (
          <g key={level}>
            <path className={styles["edge"]} d={`M${from} ${y(level)}L${up} ${y(level + 1)}`} />
            <path className={styles["branch"]} d={`M${beside} ${y(level)}L${up} ${y(level + 1)}`} />
            <circle className={styles["sibling"]} cx={beside} cy={y(level)} r={6} />
            <text x={beside} y={y(level) + 22} className={styles["hash"]}>
              {shortHash(rung.sibling)}
            </text>
          </g>
        );
      })}
      {[leaf, ...rungs.map((rung) => rung.merged)].map((hash, level, all) => (
        <g key={level}>
          <circle
            className={styles["node"]}
            cx={x(level)}
            cy={y(level)}
            r={level === all.length - 1 ? 9 : 7}
          />
          <text x={x(level)} y={y(level) + (level === all.length - 1 ? -15 : 22)} className={styles["hash"]}>
            {level === 0 && all.length > 1
              ? `${ledgerLog.leafNode} ${index}`
              : level === all.length - 1
                ? `${ledgerLog.rootNode} ${shortHash(hash)}`
                : shortHash(hash)}
          </text>
        </g>
      ))}
    </svg>
  );
}
