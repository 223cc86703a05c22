import { useQuery } from "@tanstack/react-query";
import { Link } from "wouter";

import { consentPurposes } from "../../api/consents";
import { type Subject, subjectOf } from "../../api/subjects";
import { usePerson } from "../../app/session";
import { useLanguage, useWords } from "../../i18n/words";
import { Empty } from "../../parts/Empty";
import { Facts } from "../../parts/Facts";
import { Loaded } from "../../parts/Loaded";
import { Page, Section } from "../../parts/Page";
import { State } from "../../parts/State";
import { spacedCode } from "../../parts/format";
import { useAddress } from "../../parts/address";
import { shortStatus } from "../search/SearchPage";
import { Asking } from "./Asking";
import { Verify } from "./Verify";
import { purposesFor } from "./outlook";

/** Where an inquiry about one firm is put together, and its authorisation asked for. */
export function WorkbenchPage({ code }: { code: string }) {
  const { workbench, reports } = useWords();
  const person = usePerson();
  const query = useQuery(subjectOf(code));
  return (
    <Page
      title={query.data?.name ?? workbench.title}
      trail={<Link href="/search">{workbench.back}</Link>}
      actions={
        person.may("issue", "report") && (
          <Link href={`/reports/new?subject=${encodeURIComponent(code)}`}>{reports.newTitle}</Link>
        )
      }
    >
      <Loaded query={query}>
        {(subject) => (
          <>
            <Particulars subject={subject} />
            <Purposes code={subject.code ?? subject.old_number ?? code} />
          </>
        )}
      </Loaded>
    </Page>
  );
}

function Particulars({ subject }: { subject: Subject }) {
  const { workbench, search } = useWords();
  const { language } = useLanguage();
  const status = shortStatus(subject.status_name, language) || search.unknown;
  return (
    <Section title={workbench.registration} {...(subject.former ? { note: workbench.former } : {})}>
      <Facts
        facts={[
          [
            workbench.code,
            <span className="code">{spacedCode(subject.code ?? subject.old_number ?? "—")}</span>,
          ],
          [
            workbench.status,
            <State tone={subject.status === "1" ? "good" : subject.status === null ? "calm" : "bad"}>
              {status}
            </State>,
          ],
          [
            workbench.size,
            search.sizes[subject.size_class as keyof typeof search.sizes] ?? subject.size_name,
          ],
          [workbench.legalPerson, subject.legal_person ?? "—"],
          [workbench.established, subject.established ?? "—"],
          [workbench.industry, subject.industry_path || "—"],
          [workbench.region, subject.address ?? (subject.division_path || "—")],
        ]}
      />
    </Section>
  );
}

function Purposes({ code }: { code: string }) {
  const { workbench } = useWords();
  const person = usePerson();
  const { value } = useAddress();
  const query = useQuery(consentPurposes);
  return (
    <Loaded query={query}>
      {(templates) => {
        const purposes = purposesFor(templates.purposes, person.member?.kind ?? "");
        const first = purposes[0];
        return first === undefined ? (
          <Section title={workbench.question}>
            <Empty title={workbench.noPurpose}>{workbench.noPurposeHint}</Empty>
          </Section>
        ) : (
          <>
            <Asking code={code} purposes={purposes} first={first} />
            <Verify code={code} purpose={value("purpose") || first.purpose} />
          </>
        );
      }}
    </Loaded>
  );
}
