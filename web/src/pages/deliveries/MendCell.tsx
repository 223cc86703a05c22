import type { KeyboardEvent } from "react";

import { useWords } from "../../i18n/words";
import { typeset } from "../../parts/typeset";
import type { Reason } from "./rows";
import styles from "./mend.module.css";

interface Props {
  rowNo: number;
  column: string;
  id: string; // of the cell, in the page
  value: string;
  reasons: readonly Reason[];
  isEdited: boolean;
  isLocked: boolean;
  list: string | undefined; // id of the list of codes
  onType: (value: string) => void;
  onPaste: (text: string) => boolean; // whether it was more than one text and has been spread
  onKey: (event: KeyboardEvent<HTMLInputElement>) => void;
}

/** One cell: what it holds, and beneath it what is wrong with that. Once it is changed, its reason is only a reminder. */
export function MendCell(props: Props) {
  const { rowNo, column, id, value, reasons, isEdited, isLocked, list, onType, onPaste, onKey } = props;
  const { deliveries } = useWords();
  const isBad = reasons.length > 0;
  const why = `${id}-why`;
  const tone = isEdited ? styles["edited"] : isBad ? styles["bad"] : "";
  return (
    <div className={`${styles["cell"]} ${tone}`}>
      <input
        aria-label={deliveries.cell(rowNo, column)}
        aria-invalid={isBad && !isEdited}
        {...(isBad && { "aria-describedby": why })}
        {...(list !== undefined && { list })}
        data-bad={isBad ? "" : undefined}
        data-row={rowNo}
        data-column={column}
        value={value}
        readOnly={isLocked}
        onChange={({ target }) => onType(target.value)}
        onPaste={(event) => {
          if (onPaste(event.clipboardData.getData("text"))) event.preventDefault();
        }}
        onKeyDown={onKey}
      />
      {isBad && (
        <p id={why} className={styles["why"]}>
          {reasons.map((reason) => typeset(reason.message)).join("；")}
        </p>
      )}
    </div>
  );
}
