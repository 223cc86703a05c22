import { Button } from "antd";
import { Link, useLocation } from "wouter";

import { usePerson } from "../../app/session";
import { useWords } from "../../i18n/words";
import { Empty } from "../../parts/Empty";
import { Page } from "../../parts/Page";
import { ReportRows } from "./ReportRows";

/** An institution's reports. */
export function ReportsPage() {
  const { reports } = useWords();
  const person = usePerson();
  const [, go] = useLocation();
  const mayIssue = person.may("issue", "report");
  return (
    <Page
      title={reports.title}
      lead={reports.lead}
      actions={
        mayIssue && (
          <Button type="primary" onClick={() => go("/reports/new")}>
            {reports.make}
          </Button>
        )
      }
    >
      <ReportRows
        base="/reports"
        title={reports.list}
        empty={
          <Empty title={reports.nothing} action={mayIssue && <Link href="/reports/new">{reports.make}</Link>}>
            {reports.nothingHint}
          </Empty>
        }
      />
    </Page>
  );
}
