import styles from "./screen.module.css";

interface Props {
  weights: readonly number[]; // of the rows of the list beside it, from the top
  isLit: readonly boolean[]; // something flows today
  way: "in" | "out";
}

const BREADTH = 30; // of the place where all flows meet, in hundredths of the height
const ROW_EM = 5; // the greatest height of a row of the list (screen.module.css)

/** What flows between the rows of a list and the platform: as broad as its share, by roots. */
export function Ribbons({ weights, isLit, way }: Props) {
  const most = Math.max(1, ...weights);
  const meeting = way === "in" ? 38 : 50; // the map stands in the upper part of what the left list spans
  return (
    <svg
      className={styles["ribbons"]}
      style={{ maxHeight: `${ROW_EM * weights.length}em` }}
      viewBox="0 0 100 100"
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      {weights.map((weight, i) => {
        const row = ((i + 0.5) / weights.length) * 100;
        const gate = meeting + (i - (weights.length - 1) / 2) * (BREADTH / weights.length);
        const [from, to] = way === "in" ? [row, gate] : [gate, row];
        const path = `M0 ${from} C55 ${from} 45 ${to} 100 ${to}`;
        const width = 1 + 9 * Math.sqrt(weight / most);
        return (
          <g key={i}>
            <path d={path} strokeWidth={width} className={isLit[i] ? styles["lit"] : styles["still"]} />
            {isLit[i] && <path d={path} strokeWidth={2} className={styles["moving"]} />}
          </g>
        );
      })}
      <path
        d={`M${way === "in" ? 100 : 0} ${meeting - BREADTH / 2 - 2} v${BREADTH + 4}`}
        className={styles["gate"]}
      />
    </svg>
  );
}
