import { LogoutOutlined, MenuOutlined } from "@ant-design/icons";
import { Button } from "antd";
import { type ReactNode, useState } from "react";
import { Link, useLocation } from "wouter";

import { useMatch } from "../design/appearance";
import { useWords } from "../i18n/words";
import { Brand } from "./Brand";
import { Controls } from "./Controls";
import { Navigation } from "./Navigation";
import { Sheet } from "./Sheet";
import { SignInAgain } from "./SignInAgain";
import { SkipLink } from "./SkipLink";
import { StandingNotices } from "./StandingNotices";
import { usePerson, useSignOut } from "./session";
import styles from "./Shell.module.css";

const WIDE = "(min-width: 1000px)";

/** Around the pages of a person who is signed in. */
export function Shell({ children }: { children: ReactNode }) {
  const { shell } = useWords();
  const wide = useMatch(WIDE);
  const [path] = useLocation();
  const [openAt, setOpenAt] = useState<string | null>(null); // the menu closes when one has gone elsewhere
  return (
    <div className={styles["shell"]}>
      <SkipLink />
      <header className={styles["bar"]}>
        {!wide && (
          <Button
            type="text"
            icon={<MenuOutlined />}
            aria-label={shell.openMenu}
            onClick={() => setOpenAt(path)}
          />
        )}
        <Brand to="/home" />
        <div className={styles["right"]}>
          {wide && <Controls />}
          <PersonLink />
          <SignOut />
        </div>
      </header>
      {wide ? (
        <aside className={styles["side"]}>
          <Navigation />
        </aside>
      ) : (
        <Sheet isOpen={openAt === path} label={shell.menu} onClose={() => setOpenAt(null)}>
          <Navigation />
          <div className={styles["sheetFoot"]}>
            <Controls />
          </div>
        </Sheet>
      )}
      <main id="content" tabIndex={-1} className={styles["main"]}>
        <StandingNotices />
        {children}
      </main>
      <SignInAgain />
    </div>
  );
}

function PersonLink() {
  const { shell } = useWords();
  const person = usePerson();
  return (
    <Link href="/me" className={styles["person"]} title={shell.myAccount}>
      <span className={styles["avatar"]} aria-hidden="true">
        {person.name.slice(0, 1)}
      </span>
      <span className={styles["name"]}>{person.name}</span>
    </Link>
  );
}

function SignOut() {
  const { shell } = useWords();
  const signOut = useSignOut();
  return (
    <Button
      type="text"
      icon={<LogoutOutlined />}
      aria-label={shell.signOut}
      title={shell.signOut}
      onClick={signOut}
    />
  );
}
