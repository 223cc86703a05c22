import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { useSearchParams } from "wouter";

import { asFault } from "../../api/fault";
import { ledgerKey, verifyCode, verifyReceipt } from "../../api/public";
import { verifyReportCode, verifyReportFile } from "../../api/reportProof";
import { useWords } from "../../i18n/words";
import { Loading } from "../../parts/Loading";
import { Page } from "../../parts/Page";
import { CodeForm, ReportCodeForm } from "./CodeForm";
import { DropFile } from "./DropFile";
import { examine, readReceipt, RECEIPT_MAX } from "./receipt";
import { isReport, REPORT_MAX } from "./reportFile";
import { type ReportAnswer, ReportResult } from "./ReportResult";
import { type Answer, Result } from "./Result";
import styles from "./verify.module.css";

type Found = { receipt: Answer } | { report: ReportAnswer };

/** Anybody verifies a receipt or a report: by its file, by the code on it, or by a link that carries the code. */
export function VerifyPage() {
  const { verify } = useWords();
  const client = useQueryClient();
  const [params, setParams] = useSearchParams();
  const code = params.get("code") ?? "";
  const report = params.get("report") ?? "";
  const [answer, setAnswer] = useState<Found | "waiting" | null>(null);

  useEffect(() => {
    if (code === "" && report === "") return undefined;
    let isHere = true;
    const asked = () => (report === "" ? askedOf(code) : askedReport(report));
    void asked().then((found) => {
      if (isHere) setAnswer(found);
    });
    return () => {
      isHere = false;
    };
  }, [code, report]);

  const byFile = async (file: File) => {
    setParams({}, { replace: true });
    if (isReport(file.name, await file.slice(0, REPORT_MAX).text())) {
      setAnswer("waiting");
      return setAnswer({ report: await askedFile(file) });
    }
    const receipt = file.size > RECEIPT_MAX ? null : readReceipt(await file.text());
    if (receipt === null)
      return setAnswer({ receipt: { way: "file", unread: file.size > RECEIPT_MAX ? "large" : "form" } });
    setAnswer("waiting");
    try {
      const key = await client.ensureQueryData(ledgerKey);
      const findings = await examine(receipt, key.public_key);
      const about = { way: "file" as const, findings, name: file.name };
      const told = await verifyReceipt(receipt).then(
        (answered) => ({ ...about, told: answered }),
        (thrown: unknown) => ({ ...about, fault: asFault(thrown) }),
      );
      setAnswer({ receipt: told });
    } catch (thrown) {
      setAnswer({ receipt: { way: "file", fault: asFault(thrown) } });
    }
  };

  const byCode = (typed: string) => {
    if (typed === code) return;
    setAnswer("waiting");
    setParams({ code: typed });
  };
  const byReportCode = (typed: string) => {
    if (typed === report) return;
    setAnswer("waiting");
    setParams({ report: typed });
  };
  const isWaiting = answer === "waiting" || (answer === null && code + report !== "");
  return (
    <Page title={verify.title} lead={verify.lead}>
      <div className={styles["ways"]}>
        <DropFile onFile={(file) => void byFile(file)} />
        <div className={styles["codes"]}>
          <ReportCodeForm key={`report ${report}`} code={report} onCode={byReportCode} />
          <CodeForm key={code} code={code} onCode={byCode} />
        </div>
      </div>
      <div role="status" aria-live="polite">
        {isWaiting ? (
          <Loading />
        ) : answer === null ? null : "report" in answer ? (
          <ReportResult answer={answer.report} />
        ) : (
          <Result answer={answer.receipt} />
        )}
      </div>
    </Page>
  );
}

async function askedOf(code: string): Promise<Found> {
  try {
    return { receipt: { way: "code", told: await verifyCode(code) } };
  } catch (thrown) {
    return { receipt: { way: "code", fault: asFault(thrown) } };
  }
}

async function askedReport(code: string): Promise<Found> {
  try {
    return { report: { proof: await verifyReportCode(code) } };
  } catch (thrown) {
    return { report: { fault: asFault(thrown) } };
  }
}

async function askedFile(file: File): Promise<ReportAnswer> {
  try {
    return { verdict: await verifyReportFile(file) };
  } catch (thrown) {
    return { fault: asFault(thrown) };
  }
}
