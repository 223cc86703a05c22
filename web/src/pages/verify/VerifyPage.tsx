import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { useSearchParams } from "wouter";

import { asFault } from "../../api/fault";
import { ledgerKey, verifyCode, verifyReceipt } from "../../api/public";
import { useWords } from "../../i18n/words";
import { Loading } from "../../parts/Loading";
import { Page } from "../../parts/Page";
import { CodeForm } from "./CodeForm";
import { DropFile } from "./DropFile";
import { examine, readReceipt, RECEIPT_MAX } from "./receipt";
import { type Answer, Result } from "./Result";
import styles from "./verify.module.css";

/** Anybody verifies a receipt: by its file, in the browser and at the platform, or by a code. */
export function VerifyPage() {
  const { verify } = useWords();
  const client = useQueryClient();
  const [params, setParams] = useSearchParams();
  const code = params.get("code") ?? "";
  const [answer, setAnswer] = useState<Answer | "waiting" | null>(null);

  useEffect(() => {
    if (code === "") return undefined;
    let isHere = true;
    const asked = async (): Promise<Answer> => {
      try {
        return { way: "code", told: await verifyCode(code) };
      } catch (thrown) {
        return { way: "code", fault: asFault(thrown) };
      }
    };
    void asked().then((found) => {
      if (isHere) setAnswer(found);
    });
    return () => {
      isHere = false;
    };
  }, [code]);

  const byFile = async (file: File) => {
    setParams({}, { replace: true });
    const receipt = file.size > RECEIPT_MAX ? null : readReceipt(await file.text());
    if (receipt === null)
      return setAnswer({ way: "file", unread: file.size > RECEIPT_MAX ? "large" : "form" });
    setAnswer("waiting");
    try {
      const key = await client.ensureQueryData(ledgerKey);
      const findings = await examine(receipt, key.public_key);
      const about = { way: "file" as const, findings, name: file.name };
      setAnswer(
        await verifyReceipt(receipt).then(
          (told) => ({ ...about, told }),
          (thrown: unknown) => ({ ...about, fault: asFault(thrown) }),
        ),
      );
    } catch (thrown) {
      setAnswer({ way: "file", fault: asFault(thrown) });
    }
  };

  const byCode = (typed: string) => {
    if (typed === code) return;
    setAnswer("waiting");
    setParams({ code: typed });
  };
  const isWaiting = answer === "waiting" || (answer === null && code !== "");
  return (
    <Page title={verify.title} lead={verify.lead}>
      <div className={styles["ways"]}>
        <DropFile onFile={(file) => void byFile(file)} />
        <CodeForm key={code} code={code} onCode={byCode} />
      </div>
      <div role="status" aria-live="polite">
        {isWaiting ? <Loading /> : answer !== null && <Result answer={answer} />}
      </div>
    </Page>
  );
}
