import { useId } from "react";

import { useLanguage, useWords } from "../../i18n/words";
import { count } from "../format";
import { hexagons, shortName, step } from "./hexes";
import { shortCount } from "./options";
import chartStyles from "./Chart.module.css";
import styles from "./TileMap.module.css";

export interface Area {
  code: string;
  name: string;
  row: number;
  column: number;
  value: number | null; // null: withheld
}

interface Props {
  title: string;
  note?: string;
  unit: string;
  blank: string; // what null is called
  areas: readonly Area[];
}

/** A schematic map: one hexagon a division, deeper where there is more; its figures in a table for screen readers. */
export function TileMap({ title, note, unit, blank, areas }: Props) {
  const { chart } = useWords();
  const { language } = useLanguage();
  const id = useId();
  const { hexes, box } = hexagons(areas);
  const greatest = Math.max(0, ...areas.map((area) => area.value ?? 0));
  const most = areas.find((area) => area.value === greatest);
  const about = most === undefined ? "" : chart.most(most.name, `${count(greatest)} ${unit}`);
  return (
    <figure className={chartStyles["figure"]} aria-labelledby={id}>
      <figcaption className={chartStyles["caption"]}>
        <div>
          <h3 id={id}>{title}</h3>
          {note !== undefined && <p className={chartStyles["note"]}>{note}</p>}
        </div>
      </figcaption>
      <svg
        viewBox={box.join(" ")}
        className={styles["map"]}
        role="img"
        aria-label={chart.describe(title, about)}
      >
        {areas.map((area, i) => (
          <g key={area.code} data-step={step(area.value, greatest)}>
            <polygon points={hexes[i]?.points} />
            <text x={hexes[i]?.x} y={(hexes[i]?.y ?? 0) - 3} className={styles["name"]}>
              {shortName(area.name)}
            </text>
            <text x={hexes[i]?.x} y={(hexes[i]?.y ?? 0) + 17} className={styles["value"]}>
              {area.value === null ? blank : shortCount(area.value, language)}
            </text>
            <title>{`${area.name} ${area.value === null ? blank : count(area.value)} ${unit}`}</title>
          </g>
        ))}
      </svg>
      <table className="unseen" aria-labelledby={id}>
        <tbody>
          {areas.map((area) => (
            <tr key={area.code}>
              <th scope="row">{area.name}</th>
              <td>{area.value === null ? blank : count(area.value)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </figure>
  );
}
