import { Alert, Button } from "antd";

import { useWords } from "../../i18n/words";
import { CopyButton } from "../../parts/CopyButton";
import styles from "./me.module.css";

/** Recovery codes, this once; they stay until the person says they are kept. */
export function RecoveryCodes({ codes, onKept }: { codes: string[]; onKept: () => void }) {
  const { me } = useWords();
  return (
    <Alert
      type="warning"
      showIcon
      title={me.recoveryTitle}
      description={
        <>
          <p>{me.recoveryNote}</p>
          <ul className={styles["codes"]}>
            {codes.map((code) => (
              <li key={code} className="code">
                {code}
              </li>
            ))}
          </ul>
          <div style={{ display: "flex", flexWrap: "wrap", gap: 12 }}>
            <CopyButton text={codes.join("\n")} />
            <Button type="primary" onClick={onKept}>
              {me.recoverySaved}
            </Button>
          </div>
        </>
      }
    />
  );
}
