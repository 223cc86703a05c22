import { useEffect, useRef } from "react";
import { Link } from "wouter";

import styles from "./TabLinks.module.css";

interface Props {
  label: string;
  here: string;
  tabs: [path: string, name: string][];
}

/** Parts of one thing, each with an address of its own. */
export function TabLinks({ label, here, tabs }: Props) {
  const bar = useRef<HTMLElement>(null);
  useEffect(() => {
    const current = bar.current?.querySelector<HTMLElement>('[aria-current="page"]');
    // On a narrow screen the bar is longer than the window: show where one is.
    if (bar.current && current) bar.current.scrollLeft = current.offsetLeft - bar.current.clientWidth / 3;
  }, [here]);
  return (
    <nav ref={bar} className={styles["tabs"]} aria-label={label}>
      {tabs.map(([path, name]) => (
        <Link key={path} href={path} {...(path === here ? { "aria-current": "page" as const } : {})}>
          {name}
        </Link>
      ))}
    </nav>
  );
}
