import type { ReactNode } from "react";

import { asFault, type Fault } from "../../api/fault";
import type { ReportProof, ReportVerdict } from "../../api/reportProof";
import { useLanguage, useWords } from "../../i18n/words";
import { Facts } from "../../parts/Facts";
import { count, day, moment } from "../../parts/format";
import { FaultNotice } from "../../parts/Notice";
import type { Tone } from "../../parts/State";
import { typeset } from "../../parts/typeset";
import { Verdict } from "./Verdict";

/** What was found out about a report, by its code or by its file. */
export interface ReportAnswer {
  proof?: ReportProof; // by code
  verdict?: ReportVerdict; // by file
  fault?: Fault;
}

const STANDINGS: Readonly<Record<ReportProof["standing"], Tone>> = {
  valid: "good",
  outdated: "wait",
  expired: "calm",
};
const NOT_FOUND = new Set(["report_code_unknown", "report_code_invalid", "report_file_too_large"]);

/** The answer in clear words: genuine and as issued, genuine but outdated or expired, or not genuine and why. */
export function ReportResult({ answer }: { answer: ReportAnswer }) {
  const { verify: words } = useWords();
  const { language } = useLanguage();
  const { verdict, fault } = answer;
  const proof = answer.proof ?? verdict?.report ?? null;
  if (fault !== undefined) {
    if (!NOT_FOUND.has(fault.code)) return <FaultNotice thrown={asFault(fault)} />;
    return (
      <Verdict tone="bad" word={words.notGenuine} title={typeset(fault.message)} hint={typeset(fault.hint)} />
    );
  }
  if (proof !== null) return <Genuine proof={proof} {...(verdict && { verdict })} />;
  if (verdict === undefined) return null;
  const said: Readonly<Record<string, string>> = words.reportFindings;
  const isNone = verdict.code === "report_not_recognised";
  return (
    <Verdict
      tone="bad"
      word={isNone ? words.unread : words.notGenuine}
      title={language === "zh" ? typeset(verdict.message) : (said[verdict.code] ?? verdict.message)}
      hint={language === "zh" ? typeset(verdict.hint) : words.reportHint}
    >
      {verdict.signature !== null && <Facts facts={signatureOf(verdict, words)} />}
    </Verdict>
  );
}

function Genuine({ proof, verdict }: { proof: ReportProof; verdict?: ReportVerdict }) {
  const { verify: words } = useWords();
  const variants: Readonly<Record<string, string>> = words.variants;
  const facts: [string, ReactNode][] = [
    [words.reportNumber, <span className="code">{proof.number}</span>],
    [words.issuer, proof.issuer],
    [words.issuedAt, <span className="num">{moment(proof.issued_at)}</span>],
    [words.subject, proof.subject],
    [words.variant, variants[proof.variant] ?? proof.variant],
    [words.asOf, <span className="num">{day(proof.as_of)}</span>],
    [words.expires, <span className="num">{day(proof.expires_at)}</span>],
    [words.index, <span className="num">{count(proof.leaf)}</span>],
    [words.contentDigest, <span className="code">{proof.digest}</span>],
    ...(verdict ? signatureOf(verdict, words) : []),
  ];
  return (
    <Verdict
      tone={STANDINGS[proof.standing]}
      word={words.standings[proof.standing]}
      title={verdict === undefined ? words.reportIssued : words.reportGenuine}
      hint={words.standingHints[proof.standing]}
    >
      <Facts facts={facts} />
      <p className="quiet">{verdict === undefined ? words.reportCodeNote : words.reportFileNote}</p>
    </Verdict>
  );
}

function signatureOf(
  verdict: ReportVerdict,
  words: ReturnType<typeof useWords>["verify"],
): [string, ReactNode][] {
  const { signature } = verdict;
  if (signature === null) return [];
  return [
    [words.signer, signature.signer],
    [words.fingerprint, <span className="code">{signature.fingerprint}</span>],
    ...(signature.signed_at === null
      ? []
      : ([[words.signatureAt, <span className="num">{moment(signature.signed_at)}</span>]] as [
          string,
          ReactNode,
        ][])),
  ];
}
