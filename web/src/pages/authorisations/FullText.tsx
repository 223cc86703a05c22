import type { ConsentDetail } from "../../api/consents";
import { useWords } from "../../i18n/words";
import { typeset } from "../../parts/typeset";
import styles from "./authorisations.module.css";

interface Props {
  detail: Pick<ConsentDetail, "id" | "text" | "personal_text" | "digest"> & { text_version?: string };
  title: string;
  isOpen?: boolean;
}

/** The text that is or was signed, word for word, with its digest and the bytes that are digested. */
export function FullText({ detail, title, isOpen = false }: Props) {
  const { authorisations: words } = useWords();
  return (
    <details className={styles["text"]} open={isOpen}>
      <summary>{title}</summary>
      <div className={styles["letter"]} lang="zh-CN">
        {typeset(detail.text)}
      </div>
      {detail.personal_text !== null && (
        <>
          <h3>{words.personal}</h3>
          <div className={styles["letter"]} lang="zh-CN">
            {typeset(detail.personal_text)}
          </div>
        </>
      )}
      <p className="quiet">
        {detail.text_version !== undefined && <>{words.textVersion(detail.text_version)} · </>}
        {words.digest} <span className="code">{detail.digest.slice(0, 16)}…</span> ·{" "}
        <a href={`/v1/consents/${detail.id}/artefact`} download={`authorisation-${detail.id}.json`}>
          {words.artefact}
        </a>
      </p>
    </details>
  );
}
