import { useQuery } from "@tanstack/react-query";
import { Link } from "wouter";

import { platformName } from "../api/platform";
import { useWords } from "../i18n/words";
import { Mark } from "../parts/Mark";
import styles from "./Brand.module.css";

/** Whose platform this is; leads home. */
export function Brand({ to = "/" }: { to?: string }) {
  const { shell } = useWords();
  const { data } = useQuery(platformName);
  return (
    <Link href={to} className={styles["brand"]}>
      <Mark />
      <span>{data ?? shell.platform}</span>
    </Link>
  );
}
