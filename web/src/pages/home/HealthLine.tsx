import { useQuery } from "@tanstack/react-query";
import { Link } from "wouter";

import { nodeHealth } from "../../api/health";
import { usePerson } from "../../app/session";
import { useLanguage, useWords } from "../../i18n/words";
import { State } from "../../parts/State";
import { typeset } from "../../parts/typeset";
import { TONES } from "../health/tones";
import styles from "./home.module.css";

/** How the platform is, in one line, and what is not well. */
export function HealthLine() {
  const person = usePerson();
  return person.may("read", "health") ? <Line /> : null;
}

function Line() {
  const { home, health } = useWords();
  const { language } = useLanguage();
  const { data } = useQuery(nodeHealth);
  if (data === undefined) return null;
  const broken = data.findings.filter((one) => one.state === "attention" || one.state === "bad");
  return (
    <p className={styles["health"]}>
      <Link href="/health">{home.health}</Link>
      <State tone={TONES[data.state]}>{health.states[data.state]}</State>
      <span className="quiet num">
        {broken
          .map((one) => `${one.name[language]}: ${one.words[language]}`)
          .map(typeset)
          .join("；")}
      </span>
    </p>
  );
}
