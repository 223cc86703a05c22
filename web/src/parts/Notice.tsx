import { Alert, Button } from "antd";

import { asFault, type Fault, UNREACHABLE } from "../api/fault";
import { useWords, type Words } from "../i18n/words";
import { typeset } from "./typeset";
import styles from "./Notice.module.css";

/** A fault as a person can act on it: what happened, what to do, and the code for whoever helps. */
export function FaultNotice({ thrown, onRetry }: { thrown: unknown; onRetry?: () => void }) {
  const words = useWords();
  const fault = asFault(thrown);
  const { message, hint } = sayFault(fault, words);
  return (
    <Alert
      type="error"
      showIcon
      role="alert"
      className={styles["notice"] ?? ""}
      title={message}
      description={
        <>
          {hint !== "" && <p>{hint}</p>}
          <FieldFaults fault={fault} />
          <p className={styles["code"]}>
            {words.shell.codeLabel} <span className="code">{fault.code}</span>
          </p>
        </>
      }
      {...(onRetry ? { action: <Button onClick={onRetry}>{words.shell.retry}</Button> } : {})}
    />
  );
}

function FieldFaults({ fault }: { fault: Fault }) {
  if (fault.fields.length < 2) return null;
  return (
    <ul className={styles["fields"]}>
      {fault.fields.map((field) => (
        <li key={`${field.where}${field.message}`}>{`${field.where}: ${field.message}`}</li>
      ))}
    </ul>
  );
}

/** Message and hint of a fault; those of our API are for the screen already. */
export function sayFault(fault: Fault, words: Words): { message: string; hint: string } {
  if (fault.code === UNREACHABLE)
    return { message: words.shell.unreachable, hint: words.shell.unreachableHint };
  return { message: typeset(fault.message) || words.shell.failed, hint: typeset(fault.hint) };
}
