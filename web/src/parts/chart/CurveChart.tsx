import { useMemo } from "react";

import { useWords } from "../../i18n/words";
import { type Common, Figure, useStyle } from "./Chart";
import { type Curve, curveOption } from "./options";
import styles from "./Chart.module.css";

interface Props extends Common {
  axes: readonly [x: string, y: string];
  curves: readonly Curve[]; // the first is the one that counts: its points are the figures
  about: string; // one clause for those who do not see it
}

/** Curves over shares from 0 to 1. */
export function CurveChart({ axes, curves, about, ...common }: Props) {
  const style = useStyle(common);
  const option = useMemo(() => curveOption(curves, axes, style), [curves, axes, style]);
  const { chart } = useWords();
  const share = (value: number) => `${(100 * value).toFixed(1)}%`;
  const [first] = curves;
  return (
    <Figure common={common} about={about} option={option} height={common.height ?? 300}>
      <thead>
        <tr>
          <th scope="col">{axes[0] || chart.what}</th>
          <th scope="col" className={styles["number"]}>
            {axes[1]}
          </th>
        </tr>
      </thead>
      <tbody>
        {first?.points.map(([x, y], i) => (
          <tr key={i}>
            <th scope="row">{share(x)}</th>
            <td className={styles["number"]}>{share(y)}</td>
          </tr>
        ))}
      </tbody>
    </Figure>
  );
}
