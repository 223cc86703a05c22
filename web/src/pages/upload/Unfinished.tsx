import { useQuery } from "@tanstack/react-query";
import { Alert } from "antd";
import { useState } from "react";

import type { ItemStanding } from "../../api/collect";
import { dropUpload, type Upload, unfinishedUploads } from "../../api/uploads";
import { useLanguage, useWords } from "../../i18n/words";
import { ConfirmButton } from "../../parts/ConfirmButton";
import { FilePicker } from "../../parts/FilePicker";
import { Lines } from "../../parts/Lines";
import { FaultNotice } from "../../parts/Notice";
import { Section } from "../../parts/Page";
import { bytes, moment } from "../../parts/format";
import { useDeed } from "../../parts/useDeed";
import { fits, goOn } from "./running";
import styles from "./upload.module.css";

/** What was begun and broken off, here or on another machine: with the same file it goes on. */
export function Unfinished({ items }: { items: ItemStanding[] }) {
  const { upload: words } = useWords();
  const query = useQuery(unfinishedUploads);
  const drop = useDeed({ act: dropUpload, refreshes: [["uploads"]] });
  const [wrong, setWrong] = useState<Upload | null>(null);
  if (query.isError) return <FaultNotice thrown={query.error} onRetry={() => void query.refetch()} />;
  if (query.data === undefined || query.data.length === 0) return null;
  const choose = (upload: Upload, file: File | undefined) => {
    if (file === undefined) return;
    if (fits(upload, file)) goOn(upload, file);
    else setWrong(upload);
  };
  return (
    <Section title={words.unfinished} note={words.unfinishedNote}>
      {wrong !== null && (
        <Alert
          type="warning"
          showIcon
          role="alert"
          className={styles["gap"] ?? ""}
          title={words.otherFile(wrong.file_name, bytes(wrong.size))}
        />
      )}
      {drop.isError && <FaultNotice thrown={drop.error} />}
      <Lines>
        {query.data.map((upload) => (
          <li key={upload.id}>
            <div>
              <strong>{upload.file_name}</strong>
              <Standing upload={upload} items={items} />
            </div>
            <div className={styles["acts"]}>
              <FilePicker accept="" words={words.chooseAgain} onChange={(file) => choose(upload, file)} />
              <ConfirmButton
                sure={words.dropSure}
                loading={drop.isPending && drop.variables === upload.id}
                onConfirm={() => drop.mutate(upload.id)}
              >
                {words.drop1}
              </ConfirmButton>
            </div>
          </li>
        ))}
      </Lines>
    </Section>
  );
}

function Standing({ upload, items }: { upload: Upload; items: ItemStanding[] }) {
  const { upload: words } = useWords();
  const { language } = useLanguage();
  const item = items.find((one) => one.item === upload.item || one.slug === upload.item);
  return (
    <p className="quiet num">
      {[
        item === undefined ? upload.item : `${item.item} ${item.name[language]}`,
        words.percent(Math.floor((100 * upload.offset) / upload.size)),
        bytes(upload.size),
        words.kept(moment(upload.expires_at)),
      ].join(" · ")}
    </p>
  );
}
