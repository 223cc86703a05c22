import { Button } from "antd";
import { type KeyboardEvent, useRef } from "react";

import type { MendingRow } from "../../api/collect";
import type { Definition } from "../../api/definitions";
import { useMatch } from "../../design/appearance";
import { useLanguage, useWords } from "../../i18n/words";
import { typeset } from "../../parts/typeset";
import { baseOf, block, type Column, type Drafts, editedRows, neededColumns, placed } from "./rows";
import { MendCell } from "./MendCell";
import styles from "./mend.module.css";

interface Props {
  rows: readonly MendingRow[];
  columns: readonly Column[]; // all
  shown: readonly Column[];
  item: Definition | undefined;
  drafts: Drafts;
  isLocked: boolean;
  onType: (row: MendingRow, values: Record<string, string>) => void;
  onUndo: (row: MendingRow) => void;
  onSend: () => void;
}

/** Rows to mend: a table, or a card each where there is no room for one. */
export function Grid(props: Props) {
  const { rows, columns, shown, item } = props;
  const { deliveries } = useWords();
  const isWide = useMatch("(min-width: 860px)");
  const place = useRef<HTMLDivElement>(null);
  const edited = new Set(editedRows(rows, columns, props.drafts).map((row) => row.row_no));
  const cells = (row: MendingRow) => <CellsOf key={row.row_no} {...props} row={row} place={place} />;
  const head = (row: MendingRow) => <Head {...props} row={row} isEdited={edited.has(row.row_no)} />;
  return (
    <div ref={place}>
      {shown.map((column) => (
        <Codes key={column.name} id={`codes-${columns.indexOf(column)}`} column={column} item={item} />
      ))}
      {isWide ? (
        <div className={styles["scroll"]} tabIndex={0} role="group" aria-label={deliveries.mend}>
          <table className={styles["grid"]} aria-label={deliveries.mend}>
            <thead>
              <tr>
                <th scope="col">{deliveries.row}</th>
                {shown.map((column) => (
                  <th key={column.name} scope="col">
                    <Named column={column} item={item} />
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                <tr key={row.row_no}>
                  <th scope="row">{head(row)}</th>
                  {cells(row)}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      ) : (
        <ul className={styles["cards"]} aria-label={deliveries.mend}>
          {rows.map((row) => (
            <li key={row.row_no}>
              {head(row)}
              <div className={styles["fields"]}>{cells(row)}</div>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

function CellsOf(props: Props & { row: MendingRow; place: React.RefObject<HTMLDivElement | null> }) {
  const { row, rows, columns, shown, item, drafts, isLocked, onType, onSend, place } = props;
  const isWide = useMatch("(min-width: 860px)");
  const { byColumn } = placed(row, columns);
  const base = baseOf(row, columns);
  const draft = drafts[row.row_no] ?? {};
  const paste = (from: Column, text: string) => {
    const found = block(text);
    if (found === null || isLocked) return false;
    const [firstRow, firstColumn] = [rows.indexOf(row), shown.indexOf(from)];
    found.forEach((line, down) => {
      const target = rows[firstRow + down];
      if (target === undefined) return;
      const pairs = line.flatMap((value, right) => {
        const column = shown[firstColumn + right];
        return column === undefined ? [] : [[column.name, value.trim()] as const];
      });
      onType(target, Object.fromEntries(pairs));
    });
    return true;
  };
  // A card has the cells that this row needs; a table all that any row needs.
  const isNarrowed = !isWide && shown.length < columns.length;
  const needed = new Set(isNarrowed ? neededColumns([row], columns, item).map(({ name }) => name) : []);
  const cells = isNarrowed ? shown.filter(({ name }) => needed.has(name) || name in draft) : shown;
  return cells.map((column) => {
    const cell = (
      <MendCell
        rowNo={row.row_no}
        column={column.name}
        id={`cell-${row.row_no}-${columns.indexOf(column)}`}
        value={draft[column.name] ?? base[column.name] ?? ""}
        reasons={byColumn.get(column.name) ?? []}
        isEdited={draft[column.name] !== undefined && draft[column.name] !== base[column.name]}
        isLocked={isLocked}
        list={codesOf(column, item) === null ? undefined : `codes-${columns.indexOf(column)}`}
        onType={(value) => onType(row, { [column.name]: value })}
        onPaste={(text) => paste(column, text)}
        onKey={(event) => move(event, place.current, onSend)}
      />
    );
    return isWide ? (
      <td key={column.name}>{cell}</td>
    ) : (
      <div key={column.name}>
        <span aria-hidden="true">
          <Named column={column} item={item} />
        </span>
        {cell}
      </div>
    );
  });
}

interface HeadProps extends Props {
  row: MendingRow;
  isEdited: boolean;
}

/** Which row this is, what is wrong with it as a whole, and whom it might be about. */
function Head({ row, columns, item, isEdited, isLocked, onUndo, onType }: HeadProps) {
  const { deliveries, shell } = useWords();
  const base = baseOf(row, columns);
  const { ofRow } = placed(row, columns);
  const nameAt = columns.find(({ field }) => field !== null && field === item?.subject.name);
  const codeAt = columns.find(({ field }) => field !== null && field === item?.subject.code);
  const name = nameAt === undefined ? "" : base[nameAt.name];
  const candidates = row.candidates ?? [];
  return (
    <div className={styles["head"]}>
      <span>
        <span className="num">{deliveries.rowNo(row.row_no)}</span> {name}
      </span>
      {row.attempt !== null && <span className="quiet">{deliveries.attempt(row.attempt.batch)}</span>}
      {row.raw !== null && (
        <span className={styles["raw"]}>
          {deliveries.rawTitle}
          <span className="code">{row.raw}</span>
        </span>
      )}
      {ofRow.map((reason) => (
        <span
          key={`${reason.field} ${reason.code}`}
          className={`${styles["why"]} ${isEdited ? styles["settled"] : ""}`}
        >
          {typeset(reason.message)}
        </span>
      ))}
      {codeAt !== undefined && candidates.length > 0 && (
        <span className={styles["candidates"]}>
          {deliveries.candidates}
          {candidates.map((one) => (
            <Button
              key={String(one["code"])}
              size="small"
              disabled={isLocked || typeof one["code"] !== "string"}
              onClick={() => onType(row, { [codeAt.name]: String(one["code"]) })}
            >
              {deliveries.useCode(String(one["name"] ?? ""), String(one["code"] ?? ""))}
            </Button>
          ))}
        </span>
      )}
      {isEdited && !isLocked && (
        <Button type="link" size="small" className={styles["undo"] ?? ""} onClick={() => onUndo(row)}>
          {deliveries.undoRow}
          <span className="unseen">{`${shell.cancel} ${row.row_no}`}</span>
        </Button>
      )}
    </div>
  );
}

/** A column by the name of the field that it feeds, and as it was received where that is another. */
function Named({ column, item }: { column: Column; item: Definition | undefined }) {
  const { language } = useLanguage();
  const field = item?.fields.find((one) => one.name === column.field);
  const said = field?.[language] ?? column.name;
  const isSame = column.name.replace(/[*＊]\s*$/, "").trim() === said;
  return (
    <>
      {said}
      {!isSame && <span className={`code ${styles["received"]}`}>{column.name}</span>}
    </>
  );
}

function codesOf(column: Column, item: Definition | undefined): [string, string][] | null {
  const field = item?.fields.find((one) => one.name === column.field);
  const codes = Object.entries(field?.codes ?? {});
  return codes.length === 0 || codes.length > 500 ? null : codes;
}

/** Codes of a column, offered while one types; the node takes the name for the code. */
function Codes({ id, column, item }: { id: string; column: Column; item: Definition | undefined }) {
  const codes = codesOf(column, item);
  if (codes === null) return null;
  return (
    <datalist id={id}>
      {codes.map(([code, name]) => (
        <option key={code} value={code}>
          {name}
        </option>
      ))}
    </datalist>
  );
}

/** Enter: the next cell that is wrong. Up and down: the same column. Ctrl+Enter: send. */
function move(event: KeyboardEvent<HTMLInputElement>, place: HTMLElement | null, onSend: () => void): void {
  if (event.nativeEvent.isComposing || place === null) return; // an input method is choosing characters
  const here = event.currentTarget;
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    onSend();
    return;
  }
  const step = { Enter: event.shiftKey ? -1 : 1, ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step === undefined || (event.key !== "Enter" && here.list !== null)) return;
  event.preventDefault();
  const column = CSS.escape(here.dataset["column"] ?? "");
  const among = event.key === "Enter" ? "input[data-bad]" : `input[data-column="${column}"]`;
  const cells = [...place.querySelectorAll<HTMLInputElement>("input[data-row]")];
  const at = cells.indexOf(here);
  const after = step > 0 ? cells.slice(at + 1) : cells.slice(0, Math.max(at, 0)).reverse();
  const next = after.find((cell) => cell.matches(among));
  next?.focus();
  next?.select();
}
