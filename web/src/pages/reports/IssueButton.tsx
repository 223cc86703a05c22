import { Button } from "antd";

import { useWords } from "../../i18n/words";
import { FaultNotice } from "../../parts/Notice";
import styles from "./reports.module.css";
import type { useIssue } from "./useIssue";

/** Issues the report; where that cannot be, says why. */
export function IssueButton({ issue }: { issue: ReturnType<typeof useIssue> }) {
  const { reports } = useWords();
  const why =
    issue.trouble === null ? "" : issue.trouble === "since_missing" ? reports.needsSince : reports.sinceLate;
  return (
    <>
      {issue.isError && <FaultNotice thrown={issue.error} />}
      <div className={styles["issue"]}>
        <Button
          type="primary"
          loading={issue.isPending}
          disabled={issue.trouble !== null}
          onClick={() => issue.mutate(undefined)}
        >
          {reports.issue}
        </Button>
        <span className="quiet" role="status">
          {why}
        </span>
      </div>
    </>
  );
}
