import type { Board } from "../../api/types";
import { useLanguage, useWords } from "../../i18n/words";
import { shortCount } from "../../parts/chart/options";
import { count } from "../../parts/format";
import { typeset } from "../../parts/typeset";
import { clock } from "./time";
import { sentence } from "./sentence";
import styles from "./screen.module.css";

export type Flow = Board["inflows"][number];

/** Who hands in how much, or who reads how often. */
export function Flows({ flows, way }: { flows: readonly Flow[]; way: "in" | "out" }) {
  const { screen } = useWords();
  const { language } = useLanguage();
  if (flows.length === 0) return <p className={styles["nothing"]}>{screen.noInflow}</p>;
  return (
    <ul className={`${styles["flows"]} ${way === "out" ? styles["out"] : ""}`}>
      {flows.map((flow) => (
        <li key={flow.code}>
          <span className={styles["flowName"]}>{typeset(flow.name[language])}</span>
          <strong className={way === "out" && flow.today === 0 ? `num ${styles["idle"]}` : "num"}>
            {shortCount(way === "in" ? flow.total : flow.today, language)}
          </strong>
          {way === "out" ? (
            <small className="num">{screen.online(count(flow.total))}</small>
          ) : (
            flow.today > 0 && <small className="num">{screen.today(shortCount(flow.today, language))}</small>
          )}
        </li>
      ))}
    </ul>
  );
}

/** The newest things that happened, newest first. */
export function Events({ events }: { events: Board["events"] }) {
  const words = useWords();
  const { language } = useLanguage();
  const told = events
    .map((event) => ({ event, text: sentence(event, words, language) }))
    .filter((one) => one.text !== null);
  if (told.length === 0) return <p className={styles["nothing"]}>{words.screen.noEvents}</p>;
  return (
    <ol className={styles["events"]} aria-live="off">
      {told.map(({ event, text }) => (
        <li key={event.index} data-kind={event.kind}>
          <time dateTime={event.at} className="num">
            {clock(new Date(event.at)).slice(0, 5)}
          </time>
          <span>{text}</span>
        </li>
      ))}
    </ol>
  );
}
