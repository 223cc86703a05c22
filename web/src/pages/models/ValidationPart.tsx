import { useQuery } from "@tanstack/react-query";
import { Alert } from "antd";

import { type Measured, measuredOf, type Model } from "../../api/evaluationDesk";
import { useLanguage, useWords } from "../../i18n/words";
import { Empty } from "../../parts/Empty";
import { Facts } from "../../parts/Facts";
import { Loaded } from "../../parts/Loaded";
import { Section } from "../../parts/Page";
import { count, moment } from "../../parts/format";
import { typeset } from "../../parts/typeset";
import { Who } from "../log/Who";
import { Fairness } from "./Fairness";
import { Calibration, Distribution, Ks, Roc, Stability } from "./ValidationCharts";
import styles from "./models.module.css";

/** What was measured before approval, and what these figures cannot show. */
export function ValidationPart({ model }: { model: Model }) {
  const { scorecards: words } = useWords();
  const isValidated = model.validated_at !== null;
  const query = useQuery({ ...measuredOf(model.id, model.version), enabled: isValidated });
  if (!isValidated) {
    return (
      <Section title={words.tabs.validation}>
        <Empty title={words.notValidated}>{words.notValidatedHint}</Empty>
      </Section>
    );
  }
  return (
    <Loaded query={query}>
      {(told) => (
        <>
          <Figures told={told} />
          <Section title={words.discrimination} note={words.discriminationNote}>
            {told.roc.length === 0 ? (
              <Empty title={words.noCurve}>{words.noCurveHint}</Empty>
            ) : (
              <div className={styles["charts"]}>
                <Roc told={told} />
                <Ks told={told} />
              </div>
            )}
          </Section>
          <Section title={words.calibration} note={words.calibrationNote}>
            <Calibration told={told} />
          </Section>
          <Section title={words.distributions}>
            <div className={styles["stacked"]}>
              <Distribution told={told} />
              <Stability told={told} />
            </div>
          </Section>
          <Fairness told={told} />
        </>
      )}
    </Loaded>
  );
}

function Figures({ told }: { told: Measured }) {
  const { scorecards: words } = useWords();
  const { language } = useLanguage();
  const say: Readonly<Record<string, string>> = words.flags;
  const share = (value: number | null) => (value === null ? words.cannotSay : value.toFixed(3));
  return (
    <Section title={words.measuredTitle} note={words.measuredNote}>
      <div className={styles["flags"]}>
        {told.flags.map((flag) => (
          <Alert
            key={flag.code}
            type="warning"
            showIcon
            title={language === "zh" ? typeset(flag.text) : (say[flag.code] ?? flag.text)}
          />
        ))}
        <Alert type="info" showIcon title={words.syntheticTitle} description={words.syntheticWords} />
      </div>
      <Facts
        facts={[
          [words.outcomesSource, typeset(told.source)],
          [words.subjects, count(told.subjects)],
          [words.known, words.knownOf(count(told.outcomes_known), count(told.bad))],
          ["AUC", share(told.auc)],
          ["KS", share(told.ks)],
          [words.psi, share(told.psi)],
          [
            words.validatedBy,
            <>
              <Who id={told.validated_by} />{" "}
              <span className="num">{told.validated_at !== null && moment(told.validated_at)}</span>
            </>,
          ],
        ]}
      />
    </Section>
  );
}
