import { useQuery } from "@tanstack/react-query";
import { Button } from "antd";
import { Link, useLocation } from "wouter";

import { asFault } from "../../api/fault";
import { type ReportLine, reportLineOf, reportOf } from "../../api/reports";
import { usePerson } from "../../app/session";
import { useLanguage, useWords } from "../../i18n/words";
import { Empty } from "../../parts/Empty";
import { Loaded } from "../../parts/Loaded";
import { Page, Section } from "../../parts/Page";
import { useAddress } from "../../parts/address";
import { day } from "../../parts/format";
import { ReportView } from "../../parts/report/ReportView";
import type { Change, Report } from "../../parts/report/report";
import { typeset } from "../../parts/typeset";
import { Downloads } from "./Downloads";
import { RemarkButton, Remarks } from "./Remarks";
import styles from "./reports.module.css";

/** One report: to be read, taken away as a file, and remarked on. */
export function OneReportPage({ number, base }: { number: string; base: "/reports" | "/my-reports" }) {
  const { reports } = useWords();
  const about = useQuery(reportLineOf(number));
  const query = useQuery(reportOf(number));
  const why = query.isError ? asFault(query.error).code : "";
  const gone: Readonly<Record<string, string>> = reports.gone;
  return (
    <Page
      title={query.data?.subject.name ?? about.data?.subject_name ?? reports.oneTitle}
      lead={
        about.data === undefined ? undefined : (
          <>
            {reports.variants[about.data.variant]} <span className="code">{number}</span>
            <br />
            <span className="quiet">{reports.keptUntil(day(about.data.expires_at))}</span>
          </>
        )
      }
      trail={<Link href={base}>{base === "/reports" ? reports.back : reports.backOwn}</Link>}
      actions={query.data === undefined ? undefined : <Downloads number={number} />}
    >
      {why in gone ? (
        <Section title={reports.oneTitle}>
          <Empty
            title={gone[why] ?? ""}
            action={
              <Link href={againOf(about.data, base)}>
                {why === "report_not_own" ? reports.ownIssue : reports.again}
              </Link>
            }
          >
            {why === "report_not_own" ? reports.notOwnHint : reports.goneHint}
          </Empty>
        </Section>
      ) : (
        <Loaded query={query}>{(report) => <Read report={report} base={base} />}</Loaded>
      )}
    </Page>
  );
}

function Read({ report, base }: { report: Report; base: "/reports" | "/my-reports" }) {
  const { reports } = useWords();
  const { language } = useLanguage();
  const person = usePerson();
  const { value, change } = useAddress();
  const [, go] = useLocation();
  const mayRemark = person.may("feedback", "report");
  const items = report.sections.flatMap(({ parts }) => parts);
  const nameOf = (item: string) => typeset(items.find((one) => one.item === item)?.title[language] ?? item);
  const isBank = base === "/reports";
  const to = new URLSearchParams({
    ...(isBank ? { subject: report.subject.code, purpose: report.purpose.code } : {}),
    variant: "post_loan_change",
    since: report.as_of,
  });
  const ask = `/workbench/${encodeURIComponent(report.subject.code)}?purpose=${report.purpose.code}`;
  return (
    <>
      <div className={styles["ways"]}>
        {mayRemark && <RemarkButton number={report.number} target={{}} nameOf={nameOf} />}
        {person.may("issue", "report") && (
          <Button onClick={() => go(`${isBank ? "/reports/new" : base}?${to.toString()}`)}>
            {reports.compare}
          </Button>
        )}
      </div>
      <ReportView
        report={report}
        ways={{
          ...(mayRemark
            ? {
                remark: (target) => <RemarkButton number={report.number} target={target} nameOf={nameOf} />,
              }
            : {}),
          ...(isBank ? { askHref: ask } : {}),
          change: value("change") as Change | "",
          onChange: (next) => change({ change: next }),
        }}
      />
      {mayRemark && <Remarks number={report.number} nameOf={nameOf} />}
    </>
  );
}

/** Where the same report can be issued anew. */
function againOf(line: ReportLine | undefined, base: "/reports" | "/my-reports"): string {
  if (line === undefined || base === "/my-reports") return base;
  const to = new URLSearchParams({
    subject: line.subject_code,
    purpose: line.purpose,
    variant: line.variant,
    ...(line.since === null ? {} : { since: line.since }),
  });
  return `/reports/new?${to.toString()}`;
}
