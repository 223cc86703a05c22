import { Link, useLocation } from "wouter";

import { useWords } from "../i18n/words";
import { PLACES } from "./places";
import { usePerson } from "./session";
import styles from "./Navigation.module.css";

/** Where the person can go, by what its roles may do. */
export function Navigation() {
  const { places } = useWords();
  const person = usePerson();
  const [path] = useLocation();
  return (
    <nav aria-label={places.label}>
      {PLACES.map(({ group, entries }) => {
        const open = entries.filter((entry) => entry.isFor(person));
        if (open.length === 0) return null;
        return (
          <div key={group} className={styles["group"]}>
            {group !== "start" && <h2>{places.groups[group]}</h2>}
            <ul>
              {open.map((entry) => (
                <li key={entry.path}>
                  <Link
                    href={entry.path}
                    {...(isHere(path, entry.path) ? { "aria-current": "page" as const } : {})}
                  >
                    <entry.icon aria-hidden="true" />
                    {places.names[entry.name]}
                  </Link>
                </li>
              ))}
            </ul>
          </div>
        );
      })}
    </nav>
  );
}

/** The entry itself or a page below it. */
export function isHere(path: string, entry: string): boolean {
  return path === entry || path.startsWith(`${entry}/`);
}
