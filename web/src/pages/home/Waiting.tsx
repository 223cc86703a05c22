import { Link } from "wouter";

import { useWords } from "../../i18n/words";
import { Page, Section } from "../../parts/Page";
import { State } from "../../parts/State";
import styles from "./home.module.css";

/** A firm user who has signed up and is not verified yet. */
export function Waiting() {
  const { firm, members } = useWords();
  return (
    <Page title={firm.waiting} lead={firm.waitingLead} narrow>
      <Section title={members.progress}>
        <ol className={styles["track"]}>
          <li>
            <State tone="good">{members.done}</State> {firm.steps.signedUp}
          </li>
          <li aria-current="step">
            <State tone="wait">{members.now}</State> {firm.steps.verified}
          </li>
          <li>
            <State tone="calm">{members.ahead}</State> {firm.steps.open}
          </li>
        </ol>
      </Section>
      <Section title={firm.meanwhile} note={firm.meanwhileNote}>
        <Link href="/me">{firm.toAccount}</Link>
      </Section>
    </Page>
  );
}
