import { useLanguage, useWords } from "../../i18n/words";
import { State } from "../State";
import { day } from "../format";
import { typeset } from "../typeset";
import { besideEachOther, CHANGE_TONES } from "./arrange";
import type { Ways } from "./ReportView";
import type { ReportItem } from "./report";
import styles from "./report.module.css";

interface Props {
  part: ReportItem;
  place: number;
  compared: [since: string, until: string];
  ways: Ways;
}

/** A fact that changed: which one it is, and what it said on either day, side by side. */
export function ChangedRow({ part, place, compared: [since, until], ways }: Props) {
  const { reportView: words } = useWords();
  const { language } = useLanguage();
  const row = part.rows[place];
  if (row === undefined) return null;
  const { same, changed } = besideEachOther(part, row);
  return (
    <div className={styles["changed"]}>
      <p className={styles["alike"]}>
        <State tone={CHANGE_TONES.changed}>{words.changes.changed}</State>
        {same.map(({ column, text }) => (
          <span key={column.field}>
            <span className="quiet">{typeset(column.title[language])}</span> {typeset(text)}
          </span>
        ))}
        <span className="quiet num">
          {words.originOf(row.origin.provider_name, day(row.origin.first_seen), String(row.origin.batch))}
        </span>
        {ways.remark?.({ item: part.item, row: place + 1 })}
      </p>
      <table className={styles["beside"]} aria-label={typeset(part.title[language])}>
        <thead>
          <tr>
            <td />
            <th scope="col">
              {words.before} <span className="num">{since}</span>
            </th>
            <th scope="col">
              {words.after} <span className="num">{until}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {changed.map(({ column, before, after }) => (
            <tr key={column.field}>
              <th scope="row">{typeset(column.title[language])}</th>
              <td>{typeset(before)}</td>
              <td>{typeset(after)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
