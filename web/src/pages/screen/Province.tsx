import type { Board } from "../../api/types";
import { useLanguage, useWords } from "../../i18n/words";
import { hexagons, shortName, step } from "../../parts/chart/hexes";
import { shortCount } from "../../parts/chart/options";
import { count } from "../../parts/format";
import styles from "./screen.module.css";

/** The schematic map: subjects by shade, today's inquiries as a ring with their number. */
export function Province({ areas }: { areas: Board["areas"] }) {
  const { screen } = useWords();
  const { language } = useLanguage();
  const { hexes, box } = hexagons(areas);
  const greatest = Math.max(0, ...areas.map((area) => area.subjects ?? 0));
  const told = (subjects: number | null) => (subjects === null ? screen.few : count(subjects));
  return (
    <>
      <svg viewBox={box.join(" ")} className={styles["province"]} role="img" aria-label={screen.map}>
        {areas.map((area, i) => {
          const { x = 0, y = 0, points } = hexes[i] ?? {};
          return (
            <g key={area.code} data-step={step(area.subjects, greatest)} data-lit={area.inquiries > 0}>
              <polygon points={points} />
              <text x={x} y={y - 6} className={styles["tileName"]}>
                {shortName(area.name)}
              </text>
              <text x={x} y={y + 14} className={styles["tileValue"]}>
                {area.subjects === null ? screen.few : shortCount(area.subjects, language)}
              </text>
              {area.inquiries > 0 && (
                <text x={x} y={y + 33} className={styles["tileLit"]}>
                  +{shortCount(area.inquiries, language)}
                </text>
              )}
            </g>
          );
        })}
      </svg>
      <ul className="unseen">
        {areas.map((area) => (
          <li key={area.code}>{screen.tile(area.name, told(area.subjects), count(area.inquiries))}</li>
        ))}
      </ul>
    </>
  );
}
