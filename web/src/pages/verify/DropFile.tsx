import { InboxOutlined } from "@ant-design/icons";
import { useState } from "react";

import { useWords } from "../../i18n/words";
import { FilePicker } from "../../parts/FilePicker";
import styles from "./verify.module.css";

/** A receipt's file, dropped or chosen. */
export function DropFile({ onFile }: { onFile: (file: File) => void }) {
  const { verify } = useWords();
  const [isOver, setOver] = useState(false);
  return (
    <section className={styles["way"]} aria-labelledby="by-file">
      <h2 id="by-file">{verify.byFile}</h2>
      <p className={styles["note"]}>{verify.byFileNote}</p>
      <div
        className={`${styles["drop"]} ${isOver ? styles["over"] : ""}`}
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={(event) => {
          event.preventDefault();
          setOver(false);
          const file = event.dataTransfer.files[0];
          if (file !== undefined) onFile(file);
        }}
      >
        <InboxOutlined aria-hidden className={styles["icon"] ?? ""} />
        <p>{verify.drop}</p>
        <FilePicker
          accept=".json,.pdf,.html,application/json,application/pdf"
          words={verify.choose}
          onChange={(file) => file !== undefined && onFile(file)}
        />
      </div>
    </section>
  );
}
