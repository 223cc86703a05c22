import { useWords } from "../i18n/words";
import styles from "./SkipLink.module.css";

/** First stop of the keyboard: past the navigation. */
export function SkipLink() {
  const { shell } = useWords();
  return (
    <a className={`unseen ${styles["skip"]}`} href="#content">
      {shell.skip}
    </a>
  );
}
