import { Button } from "antd";

import { useWords } from "../i18n/words";
import { count } from "./format";
import styles from "./Pager.module.css";

interface Props {
  page: number;
  pageSize: number;
  total: number;
  onPage: (page: number) => void;
}

/** Which part of a list this is, and the way to the next. */
export function Pager({ page, pageSize, total, onPage }: Props) {
  const { shell } = useWords();
  const pages = Math.max(1, Math.ceil(total / pageSize));
  return (
    <nav className={styles["pager"]} aria-label={shell.pages}>
      <span className="quiet num">{shell.total(count(total))}</span>
      {pages > 1 && (
        <>
          <Button disabled={page <= 1} onClick={() => onPage(page - 1)}>
            {shell.previous}
          </Button>
          <span className="num" aria-current="page">
            {shell.pageOf(page, pages)}
          </span>
          <Button disabled={page >= pages} onClick={() => onPage(page + 1)}>
            {shell.next}
          </Button>
        </>
      )}
    </nav>
  );
}
