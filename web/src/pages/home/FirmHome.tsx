import { useQuery } from "@tanstack/react-query";
import { Link } from "wouter";

import { permissionTable } from "../../api/permissions";
import { usePerson } from "../../app/session";
import { useLanguage, useWords } from "../../i18n/words";
import { Facts } from "../../parts/Facts";
import { Section } from "../../parts/Page";
import { spacedCode } from "../../parts/format";
import styles from "./home.module.css";

/** Persons of a firm: whom they act for. */
export function FirmHome() {
  const { home } = useWords();
  const { language } = useLanguage();
  const person = usePerson();
  const table = useQuery(permissionTable);
  const roles = person.roles.map((role) => table.data?.roles[role]?.[language] ?? role);
  return (
    <>
      <Section title={home.firm}>
        <Facts
          facts={[
            [home.subject, <span className="code">{spacedCode(person.subject ?? "—")}</span>],
            [home.as, roles.join("、")],
          ]}
        />
      </Section>
      <Section title={home.quick}>
        <ul className={styles["tasks"]}>
          {person.may("read", "delegation") && (
            <li>
              <Link href="/delegates">
                {person.may("grant", "delegation") ? home.delegates : home.seeDelegates}
              </Link>
            </li>
          )}
          <li>
            <Link href="/me">{home.account}</Link>
          </li>
          <li>
            <Link href="/permissions">{home.why}</Link>
          </li>
        </ul>
      </Section>
    </>
  );
}
