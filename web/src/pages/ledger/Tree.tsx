import { useWords } from "../../i18n/words";
import { count } from "../../parts/format";
import type { Rung } from "./merkle";
import { shortHash } from "./note";
import styles from "./ledger.module.css";

const STEP = 54; // between levels
const WIDTH = 360;
const MIDDLE = WIDTH / 2;
const SWING = 26; // the path swings about the middle
const REACH = 96; // from a node to the branch beside it
const GAP = 13; // between a node and its words

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
  const height = 62 + rungs.length * STEP;
  const y = (level: number) => height - 20 - level * STEP;
  const isLeft = (level: number) => rungs[level]?.isLeft ?? false;
  // A node stands on the side away from its branch, and its words on that side: no line crosses them.
  const x = (level: number) => (level === rungs.length ? MIDDLE : MIDDLE + (isLeft(level) ? SWING : -SWING));
  const nodes = [leaf, ...rungs.map((rung) => rung.merged)];
  return (
    <svg
      className={styles["tree"]}
      viewBox={`0 0 ${WIDTH} ${height}`}
      role="img"
      aria-label={ledgerLog.figureLabel(rungs.length)}
    >
      {rungs.map((rung, level) => {
        const beside = x(level) + (rung.isLeft ? -REACH : REACH);
        return (
          <g key={level}>
            <path className={styles["edge"]} d={`M${x(level)} ${y(level)}L${x(level + 1)} ${y(level + 1)}`} />
            <path className={styles["branch"]} d={`M${beside} ${y(level)}L${x(level + 1)} ${y(level + 1)}`} />
            <circle className={styles["sibling"]} cx={beside} cy={y(level)} r={6} />
            <text
              x={beside + (rung.isLeft ? -GAP : GAP)}
              y={y(level) + 4}
              textAnchor={rung.isLeft ? "end" : "start"}
              className={styles["hash"]}
            >
              {shortHash(rung.sibling)}
            </text>
          </g>
        );
      })}
      {nodes.map((hash, level) => {
        const isRoot = level === nodes.length - 1;
        const words =
          level === 0 && !isRoot
            ? `${ledgerLog.leafNode} ${count(index)}`
            : isRoot
              ? `${ledgerLog.rootNode} ${shortHash(hash)}`
              : shortHash(hash);
        return (
          <g key={level}>
            <circle className={styles["node"]} cx={x(level)} cy={y(level)} r={isRoot ? 9 : 7} />
            <text
              x={isRoot ? MIDDLE : x(level) + (isLeft(level) ? GAP : -GAP)}
              y={isRoot ? y(level) - 17 : y(level) + 4}
              textAnchor={isRoot ? "middle" : isLeft(level) ? "start" : "end"}
              className={styles["hash"]}
            >
              {words}
            </text>
          </g>
        );
      })}
    </svg>
  );
}
