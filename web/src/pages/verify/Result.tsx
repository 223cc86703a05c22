import { QRCode } from "antd";
import type { ReactNode } from "react";

import type { Fault } from "../../api/fault";
import type { Verified } from "../../api/types";
import { useWords, type Words } from "../../i18n/words";
import { CopyButton } from "../../parts/CopyButton";
import { Facts } from "../../parts/Facts";
import { count, day, moment } from "../../parts/format";
import { FaultNotice } from "../../parts/Notice";
import { State, type Tone } from "../../parts/State";
import type { Findings, Outcome } from "./receipt";
import { Verdict } from "./Verdict";
import styles from "./verify.module.css";

/** What was found out, and by whom. */
export interface Answer {
  way: "file" | "code";
  name?: string; // of the file
  told?: Verified; // the platform's answer
  fault?: Fault;
  findings?: Findings; // the browser's
  unread?: "form" | "large"; // no receipt at all
}

const TONES: Record<Outcome, Tone> = { holds: "good", fails: "bad", cannot: "calm" };
const REFUSED = new Set(["receipt_invalid", "checkpoint_invalid"]); // the receipt's fault, not the network's

/** The answer in one line, then its reasons, then what may be handed on. */
export function Result({ answer }: { answer: Answer }) {
  const { verify } = useWords();
  const { told, fault, findings, unread } = answer;
  if (unread !== undefined) {
    return (
      <Verdict
        tone="bad"
        word={verify.unread}
        title={unread === "large" ? verify.tooLarge : verify.notJson}
        hint={verify.notJsonHint}
      />
    );
  }
  const isRefused = fault !== undefined && REFUSED.has(fault.code);
  if (isRefused || (findings !== undefined && Object.values(findings).includes("fails"))) {
    return (
      <Verdict
        tone="bad"
        word={verify.notGenuine}
        title={verify.notGenuineTitle}
        hint={verify.notGenuineHint}
      >
        {findings !== undefined && <Checks findings={findings} platform={isRefused ? "fails" : "holds"} />}
      </Verdict>
    );
  }
  if (fault?.code === "check_code_unknown")
    return <Verdict tone="bad" word={verify.notGenuine} title={verify.unknownTitle} hint={fault.hint} />;
  if (told === undefined) return fault === undefined ? null : <FaultNotice thrown={fault} />;
  return (
    <Verdict
      tone="good"
      word={verify.genuine}
      title={answer.way === "file" ? verify.genuineReceipt : verify.genuineTitle}
    >
      <Facts facts={factsOf(told, verify)} />
      {findings !== undefined && <Checks findings={findings} platform="holds" />}
      {told.check_code && <Share code={told.check_code} />}
    </Verdict>
  );
}

function Checks({ findings, platform }: { findings: Findings; platform: Outcome }) {
  const { verify } = useWords();
  const lines: [string, string, Outcome][] = [
    [verify.byBrowser, verify.parts.inclusion, findings.inclusion],
    [verify.byBrowser, verify.parts.signature, findings.signature],
    [verify.byBrowser, verify.parts.key, findings.key],
    [verify.byPlatform, verify.parts.platform, platform],
  ];
  return (
    <div>
      <h3>{verify.checks}</h3>
      <ul className={styles["checks"]}>
        {lines.map(([who, what, outcome]) => (
          <li key={what}>
            <State tone={TONES[outcome]}>{verify.outcomes[outcome]}</State>
            <span>{what}</span>
            <span className="quiet">{who}</span>
          </li>
        ))}
      </ul>
      {findings.because !== undefined && (
        <p className={styles["note"]}>{findings.because === "gm" ? verify.cannotGm : verify.cannotOld}</p>
      )}
    </div>
  );
}

function Share({ code }: { code: string }) {
  const { verify } = useWords();
  const address = `${location.origin}/verify?code=${code}`;
  return (
    <div className={styles["share"]}>
      <div>
        <h3>{verify.share}</h3>
        <p className={styles["note"]}>{verify.shareNote}</p>
        <p className={styles["shareCode"]}>
          <span className="quiet">{verify.shareCode}</span> <strong className="code">{code}</strong>
        </p>
        <p className={`code ${styles["address"]}`}>{address}</p>
        <CopyButton text={address} />
      </div>
      <div aria-hidden="true" title={verify.qr} className={styles["qr"]}>
        <QRCode value={address} type="svg" size={132} bordered={false} color="#17212b" bgColor="#ffffff" />
      </div>
    </div>
  );
}

function factsOf(told: Verified, words: Words["verify"]): [string, ReactNode][] {
  const kind = (words.kinds as Record<string, string>)[told.kind] ?? words.otherKind;
  const { size, signed_at: at } = told;
  return [
    [words.kind, kind],
    [words.day, <span className="num">{day(told.day)}</span>],
    [words.index, <span className="num">{count(told.index)}</span>],
    [
      words.signedAt,
      <span className="num">
        {!size || !at ? words.notYetSigned : words.signed(moment(at), count(size))}
      </span>,
    ],
    [words.origin, <span className="code">{told.origin}</span>],
    [
      words.keyId,
      <>
        <span className="code">{told.key_id}</span>
        <br />
        <span className="quiet">{words.keyNote}</span>
      </>,
    ],
  ];
}
