import { Alert } from "antd";
import { Link, useLocation } from "wouter";

import { useWords } from "../i18n/words";
import { usePerson } from "./session";
import styles from "./StandingNotices.module.css";

/** What holds the person up just now, and the way out of it. */
export function StandingNotices() {
  const { notices } = useWords();
  const person = usePerson();
  const [path] = useLocation();
  const shown: [text: string, link: string, to: string][] = [];
  if (person.missing.includes("enrol_second_factor")) shown.push([notices.enrol, notices.enrolLink, "/me"]);
  if (person.missing.includes("second_factor")) {
    shown.push([notices.tooWeak, notices.tooWeakLink, `/sign-in?again=1&next=${encodeURIComponent(path)}`]);
  }
  if (person.state === "pending") shown.push([notices.pending, notices.pendingLink, "/home"]);
  if (shown.length === 0) return null;
  return (
    <div className={styles["notices"]}>
      {shown.map(([text, link, to]) => (
        <Alert
          key={text}
          type="warning"
          showIcon
          title={text}
          action={path !== to && <Link href={to}>{link}</Link>}
        />
      ))}
    </div>
  );
}
