import type { ReactNode } from "react";

import { useMatch } from "../design/appearance";
import styles from "./Rows.module.css";

export interface Column<T> {
  title: string;
  cell: (row: T) => ReactNode;
  isNumber?: boolean; // right-aligned
  isHead?: boolean; // names the row: first line of the card on a narrow screen
}

interface Props<T> {
  label: string;
  rows: readonly T[];
  columns: Column<T>[];
  keyOf: (row: T) => string | number;
  isWide?: boolean; // may be wider than the page: can be scrolled with the keyboard too
}

/** Things of one kind: a table where there is room, else a card each, with the same words. */
export function Rows<T>(props: Props<T>) {
  return useMatch("(min-width: 860px)") ? <AsTable {...props} /> : <AsCards {...props} />;
}

function AsTable<T>({ label, rows, columns, keyOf, isWide = false }: Props<T>) {
  return (
    <div
      className={styles["scroll"]}
      {...(isWide ? { role: "region", "aria-label": label, tabIndex: 0 } : {})}
    >
      <table className={styles["table"]} aria-label={label}>
        <thead>
          <tr>
            {columns.map(({ title, isNumber }) => (
              <th key={title} scope="col" className={isNumber ? styles["number"] : undefined}>
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={keyOf(row)}>
              {columns.map(({ title, cell, isNumber, isHead }) => (
                <td key={title} className={isNumber ? styles["number"] : isHead ? styles["head"] : undefined}>
                  {cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function AsCards<T>({ label, rows, columns, keyOf }: Props<T>) {
  const head = columns.find((column) => column.isHead);
  const others = columns.filter((column) => column !== head);
  return (
    <ul className={styles["cards"]} aria-label={label}>
      {rows.map((row) => (
        <li key={keyOf(row)}>
          {head !== undefined && <div className={styles["cardHead"]}>{head.cell(row)}</div>}
          <dl>
            {others.map(({ title, cell }) => (
              <div key={title}>
                <dt>{title}</dt>
                <dd>{cell(row)}</dd>
              </div>
            ))}
          </dl>
        </li>
      ))}
    </ul>
  );
}
