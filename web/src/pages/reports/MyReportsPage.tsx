import { usePerson } from "../../app/session";
import { useWords } from "../../i18n/words";
import { Empty } from "../../parts/Empty";
import { Filters } from "../../parts/Filters";
import { Page, Section } from "../../parts/Page";
import { IssueButton } from "./IssueButton";
import { ReportFields } from "./ReportFields";
import { ReportRows } from "./ReportRows";
import styles from "./reports.module.css";
import { useIssue } from "./useIssue";

/** Reports about one's own firm: to issue one, and who obtained which. */
export function MyReportsPage() {
  const { reports } = useWords();
  const person = usePerson();
  return (
    <Page title={reports.ownTitle} lead={reports.ownLead}>
      {person.may("issue", "report") && <Issuing subject={person.subject ?? ""} />}
      <ReportRows
        base="/my-reports"
        title={reports.ownList}
        note={reports.ownListNote}
        empty={<Empty title={reports.ownNone}>{reports.ownNoneHint}</Empty>}
      />
    </Page>
  );
}

function Issuing({ subject }: { subject: string }) {
  const { reports } = useWords();
  const issue = useIssue(subject, "own", "", "/my-reports");
  return (
    <Section title={reports.ownIssue} note={reports.ownIssueNote}>
      <Filters>
        <ReportFields />
      </Filters>
      <p className={styles["variantNote"]}>{reports.variantNotes[issue.variant]}</p>
      <IssueButton issue={issue} />
    </Section>
  );
}
