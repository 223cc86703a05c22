import { Alert, Button, Checkbox } from "antd";
import { useState } from "react";

import { AFTER_CONSENT_STEP, type ConsentDetail } from "../../api/consents";
import { witnessConsent } from "../../api/papers";
import { useWords } from "../../i18n/words";
import { FaultNotice } from "../../parts/Notice";
import { Section } from "../../parts/Page";
import { useDeed } from "../../parts/useDeed";
import styles from "./paper.module.css";

/** An officer confirms that the signer signed before them. */
export function WitnessForm({ detail, mayAct }: { detail: ConsentDetail; mayAct: boolean }) {
  const { papers } = useWords();
  const [isSeen, setSeen] = useState(false);
  const witness = useDeed({
    act: () => witnessConsent(detail.id, detail.digest),
    done: papers.witnessed,
    refreshes: [...AFTER_CONSENT_STEP, ["tasks"]],
  });
  return (
    <Section title={papers.witness} note={papers.witnessNote}>
      {mayAct ? (
        <div className={styles["form"]}>
          <Checkbox checked={isSeen} onChange={({ target }) => setSeen(target.checked)}>
            {papers.witnessSeen}
          </Checkbox>
          {witness.isError && <FaultNotice thrown={witness.error} />}
          <Button
            type="primary"
            disabled={!isSeen}
            loading={witness.isPending}
            onClick={() => witness.mutate(undefined)}
          >
            {papers.witnessDo}
          </Button>
        </div>
      ) : (
        <Alert type="info" showIcon title={papers.notYours} />
      )}
    </Section>
  );
}
