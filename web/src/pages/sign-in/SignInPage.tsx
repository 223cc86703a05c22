import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useLocation, useSearchParams } from "wouter";

import { currentSession } from "../../api/session";
import { useWords } from "../../i18n/words";
import { useTitle } from "../../parts/Page";
import { DOORS, doorOf } from "../front/doors";
import { SignInForm } from "./SignInForm";
import { SignOn } from "./SignOn";
import { safeNext } from "./next";
import styles from "./SignInPage.module.css";

/** The way in, for each kind of person in its own words; the form is the same. */
export function SignInPage() {
  const { signIn, front } = useWords();
  const [params] = useSearchParams();
  const [, go] = useLocation();
  const client = useQueryClient();
  const session = useQuery(currentSession);
  const door = doorOf(params.get("as"));
  const next = safeNext(params.get("next"));
  useTitle(signIn.as[door]);

  const enter = async () => {
    await client.invalidateQueries();
    go(next, { replace: true });
  };

  const isAgain = params.get("again") !== null;
  if (session.data && !isAgain) {
    return (
      <div className={styles["page"]}>
        <section className={styles["card"]}>
          <h1>{signIn.already(session.data.name)}</h1>
          <p className={styles["on"]}>
            <Link href={next}>{signIn.goOn}</Link>
          </p>
        </section>
      </div>
    );
  }
  return (
    <div className={styles["page"]}>
      <section className={styles["card"]}>
        <h1>{signIn.as[door]}</h1>
        <p className={styles["note"]}>{signIn.notes[door]}</p>
        <SignInForm onSignedIn={() => void enter()} />
        {door !== "firm" && <SignOn next={next} />}
        <p className={styles["foot"]}>{door === "firm" ? signIn.forgotFirm : signIn.forgot}</p>
      </section>
      <nav className={styles["others"]} aria-label={signIn.other}>
        <h2>{signIn.other}</h2>
        <ul>
          {DOORS.filter((one) => one !== door).map((one) => (
            <li key={one}>
              <Link href={`/sign-in?as=${one}`}>{front.doors[one].name}</Link>
            </li>
          ))}
        </ul>
        <h2>{front.newHere}</h2>
        <ul>
          <li>
            <Link href="/sign-up">{front.firmSignUp}</Link>
          </li>
          <li>
            <Link href="/apply">{front.apply}</Link>
          </li>
        </ul>
      </nav>
    </div>
  );
}
