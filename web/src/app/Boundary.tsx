import { Button } from "antd";
import { Component, type ReactNode } from "react";

import { useWords } from "../i18n/words";
import styles from "./Boundary.module.css";

/** Catches what breaks while drawing, so that a person sees words and not an empty page. */
export class Boundary extends Component<{ children: ReactNode }, { thrown: Error | null }> {
  override state: { thrown: Error | null } = { thrown: null };

  static getDerivedStateFromError(thrown: unknown) {
    return { thrown: thrown instanceof Error ? thrown : new Error(String(thrown)) };
  }

  override render() {
    return this.state.thrown === null ? this.props.children : <Broken thrown={this.state.thrown} />;
  }
}

function Broken({ thrown }: { thrown: Error }) {
  const { shell } = useWords();
  return (
    <main className={styles["broken"]}>
      <h1>{shell.broken}</h1>
      <p>{shell.brokenHint}</p>
      <p className="code">{`${thrown.name}: ${thrown.message}`}</p>
      <Button type="primary" onClick={() => location.reload()}>
        {shell.reload}
      </Button>
    </main>
  );
}
