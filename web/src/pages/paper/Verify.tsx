import { Alert, Button, Checkbox } from "antd";
import { useState } from "react";

import { AFTER_CONSENT_STEP, type ConsentDetail } from "../../api/consents";
import { verifyPaper } from "../../api/papers";
import { usePerson } from "../../app/session";
import { useWords } from "../../i18n/words";
import { FilePicker } from "../../parts/FilePicker";
import { FaultNotice } from "../../parts/Notice";
import { Section } from "../../parts/Page";
import { State } from "../../parts/State";
import { useDeed } from "../../parts/useDeed";
import { digestOf, scanOf, verifiers } from "./scan";
import styles from "./paper.module.css";

/** One of two officers compares the scan with what was asked. */
export function Verify({ detail, mayAct }: { detail: ConsentDetail; mayAct: boolean }) {
  const { papers } = useWords();
  const person = usePerson();
  const done = verifiers(detail);
  const isDone = done.includes(person.id);
  return (
    <Section title={papers.check} note={papers.checkNote}>
      <p className={styles["turn"]}>
        {done.length === 0 ? papers.zeroOfTwo : isDone ? papers.doneFirst : papers.oneOfTwo}
      </p>
      {!mayAct ? (
        <Alert type="info" showIcon title={papers.notYours} />
      ) : isDone ? null : (
        <VerifyForm detail={detail} />
      )}
    </Section>
  );
}

function VerifyForm({ detail }: { detail: ConsentDetail }) {
  const { papers } = useWords();
  const [file, setFile] = useState<File | undefined>();
  const [isCompared, setCompared] = useState(false);
  const digest = useDeed({ act: digestOf });
  const verify = useDeed({
    act: (sha256: string) => verifyPaper(detail.id, sha256),
    done: (after) => (after.state === "active" ? papers.verifiedSecond : papers.verifiedFirst),
    refreshes: [...AFTER_CONSENT_STEP, ["tasks"]],
  });
  const isSame = digest.data !== undefined && digest.data === scanOf(detail);
  return (
    <div className={styles["form"]}>
      <div className={styles["picked"]}>
        <FilePicker
          value={file}
          accept=".pdf,image/*"
          words={papers.choose}
          onChange={(chosen) => {
            setFile(chosen);
            if (chosen !== undefined) digest.mutate(chosen);
          }}
        />
        {digest.isPending && <span className="quiet">{papers.counting}</span>}
        {digest.data !== undefined && (
          <State tone={isSame ? "good" : "bad"}>{isSame ? papers.same : papers.different}</State>
        )}
      </div>
      {digest.data !== undefined && <p className="code quiet">{`SHA-256 ${digest.data}`}</p>}
      <Checkbox checked={isCompared} onChange={({ target }) => setCompared(target.checked)}>
        {papers.compared}
      </Checkbox>
      {verify.isError && <FaultNotice thrown={verify.error} />}
      <Button
        type="primary"
        disabled={!isSame || !isCompared}
        loading={verify.isPending}
        onClick={() => digest.data !== undefined && verify.mutate(digest.data)}
      >
        {papers.verify}
      </Button>
    </div>
  );
}
