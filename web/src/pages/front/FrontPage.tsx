import { RightOutlined } from "@ant-design/icons";
import { Link } from "wouter";

import { useWords } from "../../i18n/words";
import { useTitle } from "../../parts/Page";
import { CatalogueGlance } from "./CatalogueGlance";
import { type Door, DOORS } from "./doors";
import { Now } from "./Now";
import { WhoTakesPart } from "./WhoTakesPart";
import styles from "./FrontPage.module.css";

/** What the platform is, and the way in. */
export function FrontPage() {
  const { front } = useWords();
  useTitle(front.title);
  return (
    <>
      <div className={styles["hero"]}>
        <div className={styles["claim"]}>
          <h1>
            {front.headline.map((line) => (
              <span key={line}>{line}</span>
            ))}
          </h1>
          <p>{front.lead}</p>
        </div>
        <nav className={styles["doors"]} aria-labelledby="who">
          <h2 id="who">{front.who}</h2>
          {DOORS.map((door) => (
            <DoorLink key={door} door={door} />
          ))}
          <p className={styles["join"]}>
            {front.newHere} <Link href="/sign-up">{front.firmSignUp}</Link>
            <span aria-hidden="true"> · </span>
            <Link href="/apply">{front.apply}</Link>
          </p>
        </nav>
      </div>
      <Now />
      <section className={styles["band"]} aria-labelledby="rules">
        <h2 id="rules">{front.rules}</h2>
        <ol className={styles["rules"]}>
          {front.principles.map(({ title, text }) => (
            <li key={title}>
              <h3>{title}</h3>
              <p>{text}</p>
            </li>
          ))}
        </ol>
      </section>
      <WhoTakesPart />
      <CatalogueGlance />
    </>
  );
}

function DoorLink({ door }: { door: Door }) {
  const { front } = useWords();
  const { name, note } = front.doors[door];
  return (
    <Link href={`/sign-in?as=${door}`} className={styles["door"]}>
      <span>
        <strong>{name}</strong>
        <small>{note}</small>
      </span>
      <RightOutlined aria-hidden="true" />
    </Link>
  );
}
