import type { Board } from "../../api/types";
import { useLanguage, useWords } from "../../i18n/words";
import { shortCount } from "../../parts/chart/options";
import { count } from "../../parts/format";
import styles from "./screen.module.css";

/** Today's hours: rows collected above, inquiries below, each on a scale of its own with its greatest named. */
export function Hours({ hours, now }: { hours: Board["hours"]; now: number }) {
  const { screen } = useWords();
  return (
    <div className={styles["hours"]}>
      <Course name={screen.hourRows} values={hours.map((one) => one.rows)} now={now} />
      <Course name={screen.hourInquiries} values={hours.map((one) => one.inquiries)} now={now} isUse />
    </div>
  );
}

function Course({
  name,
  values,
  now,
  isUse = false,
}: {
  name: string;
  values: number[];
  now: number;
  isUse?: boolean;
}) {
  const { screen } = useWords();
  const { language } = useLanguage();
  const most = Math.max(...values);
  const told = values.map((value, hour) => `${hour} ${screen.hour} ${count(value)}`).slice(0, now + 1);
  return (
    <figure className={isUse ? styles["use"] : undefined}>
      <figcaption>
        <span>{name}</span>
        <strong className="num">
          {shortCount(
            values.reduce((sum, one) => sum + one, 0),
            language,
          )}
        </strong>
      </figcaption>
      <svg
        viewBox="0 0 240 64"
        preserveAspectRatio="none"
        role="img"
        aria-label={`${name}: ${told.join(", ")}`}
      >
        {values.map((value, hour) => {
          const height = most === 0 || value === 0 ? 1 : Math.max(3, (value / most) * 64);
          return (
            <rect
              key={hour}
              x={hour * 10 + 1.5}
              width={7}
              y={64 - height}
              height={height}
              className={hour > now ? styles["future"] : value > 0 ? styles["bar"] : styles["none"]}
            />
          );
        })}
      </svg>
      <p className={styles["axis"]} aria-hidden="true">
        {[0, 6, 12, 18].map((hour) => (
          <span key={hour}>
            {hour} {screen.hour}
          </span>
        ))}
        <span>24</span>
      </p>
    </figure>
  );
}
