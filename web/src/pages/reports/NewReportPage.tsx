import { useQuery } from "@tanstack/react-query";
import { Input, Select } from "antd";
import { useState } from "react";
import { Link } from "wouter";

import { type ConsentPurpose, consentPurposes } from "../../api/consents";
import { type Subject, subjectOf } from "../../api/subjects";
import { usePerson } from "../../app/session";
import { useWords } from "../../i18n/words";
import { Empty } from "../../parts/Empty";
import { Filter, Filters } from "../../parts/Filters";
import { Loaded } from "../../parts/Loaded";
import { Page, Section } from "../../parts/Page";
import { useAddress } from "../../parts/address";
import { spacedCode } from "../../parts/format";
import { Relied } from "../workbench/Relied";
import { purposesFor } from "../workbench/outlook";
import { ChooseSubject } from "./ChooseSubject";
import { IssueButton } from "./IssueButton";
import { Outlook, useOutlook } from "./Outlook";
import { ReportFields } from "./ReportFields";
import styles from "./reports.module.css";
import { useIssue } from "./useIssue";

/** Where an institution puts a report together: about whom, what for, which, and what would be given. */
export function NewReportPage() {
  const { reports } = useWords();
  const { value } = useAddress();
  const subject = value("subject");
  return (
    <Page title={reports.newTitle} trail={<Link href="/reports">{reports.back}</Link>}>
      {subject === "" ? <ChooseSubject /> : <About code={subject} />}
    </Page>
  );
}

function About({ code }: { code: string }) {
  const { reports } = useWords();
  const person = usePerson();
  const query = useQuery(subjectOf(code));
  const templates = useQuery(consentPurposes);
  return (
    <Loaded query={query}>
      {(subject) => (
        <Loaded query={templates}>
          {({ purposes }) => {
            const [first, ...others] = purposesFor(purposes, person.member?.kind ?? "");
            return first === undefined ? (
              <Section title={reports.what}>
                <Empty title={reports.noPurpose}>{reports.noPurposeHint}</Empty>
              </Section>
            ) : (
              <Asking subject={subject} purposes={[first, ...others]} first={first} />
            );
          }}
        </Loaded>
      )}
    </Loaded>
  );
}

interface AskingProps {
  subject: Subject;
  purposes: ConsentPurpose[];
  first: ConsentPurpose;
}

function Asking({ subject, purposes, first }: AskingProps) {
  const { reports } = useWords();
  const { value, change } = useAddress();
  const [reference, setReference] = useState("");
  const code = subject.code ?? subject.old_number ?? "";
  const purpose = purposes.find((one) => one.purpose === value("purpose")) ?? first;
  const issue = useIssue(code, purpose.purpose, reference, "/reports");
  const look = useOutlook(code, purpose.purpose, value("as_of"));
  return (
    <>
      <Section
        title={subject.name}
        note={<span className="code">{spacedCode(code)}</span>}
        actions={<Link href="/reports/new">{reports.another}</Link>}
      >
        <Filters>
          <Filter label={reports.purpose} id="purpose">
            <Select
              id="purpose"
              value={purpose.purpose}
              options={purposes.map((one) => ({ value: one.purpose, label: one.name }))}
              onChange={(next: string) => change({ purpose: next })}
            />
          </Filter>
          <ReportFields />
          <Filter label={reports.reference} id="reference">
            <Input
              id="reference"
              value={reference}
              maxLength={100}
              placeholder={reports.referenceHint}
              onChange={({ target }) => setReference(target.value)}
            />
          </Filter>
        </Filters>
        <p className={styles["variantNote"]}>{reports.variantNotes[issue.variant]}</p>
        <Relied code={code} consents={look.data?.consents ?? []} />
        <IssueButton issue={issue} />
        <p className={styles["remark"]}>{reports.whatNote}</p>
      </Section>
      <Outlook code={code} purpose={purpose.purpose} variant={issue.variant} look={look} />
    </>
  );
}
