import { Button } from "antd";
import { useState } from "react";

import { useMatch } from "../../design/appearance";
import { useLanguage, useWords } from "../../i18n/words";
import { Facts } from "../Facts";
import { type Column, Rows } from "../Rows";
import { State } from "../State";
import { count, day } from "../format";
import { typeset } from "../typeset";
import { arrange, CHANGE_TONES, isFigure, isFilled } from "./arrange";
import { ChangedRow } from "./ChangedRow";
import type { Ways } from "./ReportView";
import type { ReportItem, ReportRow } from "./report";
import styles from "./report.module.css";

const PAGE = 10;
const NARROW_PAGE = 3; // a card is as tall as ten lines of a table
interface Props {
  part: ReportItem;
  compared: [since: string, until: string] | null;
  ways: Ways;
}

/** An item that was given: its facts with origin, date and state. */
export function ItemView({ part, compared, ways }: Props) {
  const isCompared = compared !== null;
  const { reportView: words } = useWords();
  const { language } = useLanguage();
  const only = ways.change ?? "";
  const places = part.rows
    .map((_, place) => place)
    .filter((place) => only === "" || part.rows[place]?.change === only);
  const isChanged = (place: number) => compared !== null && part.rows[place]?.change === "changed";
  const changed = places.filter(isChanged);
  const others = places.filter((place) => !isChanged(place));
  const shown: ReportItem = { ...part, rows: others.flatMap((place) => part.rows[place] ?? []) };
  if (isCompared && places.length === 0) return null;
  return (
    <article className={styles["item"]} aria-label={typeset(part.title[language])}>
      <header>
        <h3>{typeset(part.title[language])}</h3>
        <p className={styles["standing"]}>
          {part.state !== "given" && (
            <State tone={part.state === "cut" ? "wait" : "calm"}>{words.states[part.state]}</State>
          )}
          {part.consent !== null && <State tone="accent">{words.byConsent}</State>}
          {part.updated !== null && <span className="num">{words.updated(part.updated)}</span>}
          {ways.remark?.({ item: part.item })}
        </p>
      </header>
      {compared !== null &&
        changed.map((place) => (
          <ChangedRow key={place} part={part} place={place} compared={compared} ways={ways} />
        ))}
      <RowsOf part={shown} places={others} isCompared={isCompared} ways={ways} />
      {part.rows_total !== null && part.rows_total > part.rows.length && (
        <p className={styles["remark"]}>{words.part(count(part.rows.length), count(part.rows_total))}</p>
      )}
    </article>
  );
}

interface RowsProps extends Omit<Props, "compared"> {
  places: number[]; // of the rows in the whole item
  isCompared: boolean;
}

function RowsOf({ part, places, isCompared, ways }: RowsProps) {
  const { reportView: words } = useWords();
  const { language } = useLanguage();
  const isWide = useMatch("(min-width: 860px)");
  const [more, setMore] = useState(0);
  const most = (isWide ? PAGE : NARROW_PAGE) + more;
  const { isTable, alike, columns } = arrange(part);
  const title = (place: number) => typeset(part.columns[place]?.title[language] ?? "");
  const numberOf = (row: ReportRow) => places[part.rows.indexOf(row)] ?? 0;
  if (!isTable) {
    return part.rows.map((row, place) => (
      <div key={place} className={styles["fact"]}>
        <Facts
          facts={columns
            .filter((column) => isFilled(row, column))
            .map((column) => [title(column), typeset(row.shown[column] ?? "")])}
        />
        <Origin row={row} isCompared={isCompared}>
          {ways.remark?.({ item: part.item, row: numberOf(row) + 1 })}
        </Origin>
      </div>
    ));
  }
  const table: Column<ReportRow>[] = columns.map((column, place) => ({
    title: title(column),
    isHead: place === 0,
    isNumber: part.columns[column] !== undefined && isFigure(part.columns[column]),
    cell: (row) => <Value text={typeset(row.shown[column] ?? "")} />,
  }));
  if (isCompared)
    table.push({
      title: words.change,
      cell: (row) => <State tone={CHANGE_TONES[row.change]}>{words.changes[row.change]}</State>,
    });
  const isDisputed = part.rows.some(({ state }) => state === "disputed");
  if (isDisputed)
    table.push({
      title: words.state,
      cell: (row) => <RowState row={row} />,
    });
  table.push({
    title: words.received,
    cell: (row) => (
      <span className={styles["short"]} title={row.origin.provider_name}>
        {day(row.origin.first_seen)}
      </span>
    ),
  });
  if (ways.remark !== undefined)
    table.push({
      title: "",
      isNumber: true,
      cell: (row) => ways.remark?.({ item: part.item, row: numberOf(row) + 1 }),
    });
  const providers = [...new Set(part.rows.map(({ origin }) => origin.provider_name))];
  return (
    <>
      <p className={styles["alike"]}>
        {alike.map((column) => (
          <span key={column}>
            <span className="quiet">{title(column)}</span> {typeset(part.rows[0]?.shown[column] ?? "")}
          </span>
        ))}
        <span>
          <span className="quiet">{words.origin}</span> {providers.join(language === "zh" ? "、" : ", ")}
        </span>
      </p>
      <div className={styles["rows"]}>
        <Rows
          label={typeset(part.title[language])}
          rows={part.rows.slice(0, most)}
          columns={table}
          keyOf={numberOf}
          isWide
        />
      </div>
      {part.rows.length > most && (
        <Button onClick={() => setMore(more + 5 * PAGE)}>
          {words.more(count(Math.min(5 * PAGE, part.rows.length - most)))}
        </Button>
      )}
    </>
  );
}

function Value({ text }: { text: string }) {
  return <span className={text.length > 14 ? styles["long"] : styles["short"]}>{text}</span>;
}

function RowState({ row }: { row: ReportRow }) {
  const { reportView: words } = useWords();
  return (
    <span title={row.state === "disputed" ? words.disputedNote : undefined}>
      <State tone={row.state === "disputed" ? "wait" : "good"}>{words.rowStates[row.state]}</State>
    </span>
  );
}

/** Where a fact is from, since when it is known, for how long it holds, and what became of it. */
function Origin({
  row,
  isCompared,
  children,
}: {
  row: ReportRow;
  isCompared: boolean;
  children: React.ReactNode;
}) {
  const { reportView: words } = useWords();
  const { valid_from: from, valid_to: to, origin } = row;
  return (
    <div className={styles["origin"]}>
      {isCompared && <State tone={CHANGE_TONES[row.change]}>{words.changes[row.change]}</State>}
      {row.state === "disputed" && <RowState row={row} />}
      <span className="num">
        {words.originOf(origin.provider_name, day(origin.first_seen), String(origin.batch))}
      </span>
      {(from !== null || to !== null) && (
        <span className="num">
          {from === null
            ? words.holdsTo(to ?? "")
            : to === null
              ? words.holdsFrom(from)
              : words.holds(from, to)}
        </span>
      )}
      {children}
    </div>
  );
}
