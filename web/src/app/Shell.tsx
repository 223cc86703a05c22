import { LogoutOutlined, MenuOutlined, UserOutlined } from "@ant-design/icons";
import { Button, Drawer, Dropdown } from "antd";
import { type ReactNode, useState } from "react";
import { useLocation } from "wouter";

import { useMatch } from "../design/appearance";
import { useWords } from "../i18n/words";
import { Brand } from "./Brand";
import { Controls } from "./Controls";
import { Navigation } from "./Navigation";
import styles from "./Shell.module.css";
import { SignInAgain } from "./SignInAgain";
import { SkipLink } from "./SkipLink";
import { usePerson, useSignOut } from "./session";
import { StandingNotices } from "./StandingNotices";

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
          <PersonMenu />
        </div>
      </header>
      {wide ? (
        <aside className={styles["side"]}>
          <Navigation />
        </aside>
      ) : (
        <Drawer
          open={openAt === path}
          onClose={() => setOpenAt(null)}
          placement="left"
          size={300}
          title={shell.menu}
          styles={{ body: { padding: "8px 12px" } }}
        >
          <Navigation />
          <div className={styles["drawerFoot"]}>
            <Controls />
          </div>
        </Drawer>
      )}
      <main id="content" tabIndex={-1} className={styles["main"]}>
        <StandingNotices />
        {children}
      </main>
      <SignInAgain />
    </div>
  );
}

function PersonMenu() {
  const { shell } = useWords();
  const person = usePerson();
  const signOut = useSignOut();
  const [, go] = useLocation();
  return (
    <Dropdown
      trigger={["click"]}
      menu={{
        items: [
          { key: "me", icon: <UserOutlined />, label: shell.myAccount },
          { key: "out", icon: <LogoutOutlined />, label: shell.signOut },
        ],
        onClick: ({ key }) => (key === "me" ? go("/me") : signOut()),
      }}
    >
      <Button type="text" className={styles["person"] ?? ""}>
        <span className={styles["avatar"]} aria-hidden="true">
          {person.name.slice(0, 1)}
        </span>
        <span className={styles["name"]}>{person.name}</span>
      </Button>
    </Dropdown>
  );
}
