import type { ReactNode } from "react";
import { Link } from "wouter";

import { useLanguage, useWords } from "../../i18n/words";
import { Facts } from "../Facts";
import { Section } from "../Page";
import { State } from "../State";
import { moment, spacedCode } from "../format";
import { typeset } from "../typeset";
import type { Report } from "./report";
import styles from "./report.module.css";

/** About whom and by whom; number, code and digest by which anybody can verify it. */
export function Head({ report }: { report: Report }) {
  const { reportView: words } = useWords();
  const { language } = useLanguage();
  const { subject } = report;
  const known = (name: string, value: string | null): [string, ReactNode][] =>
    value === null || value === "" ? [] : [[name, typeset(value)]];
  return (
    <>
      <Section title={subject.name}>
        <Facts
          facts={[
            [words.code, <span className="code">{spacedCode(subject.code)}</span>],
            ...(subject.status_name === null
              ? []
              : ([
                  [
                    words.status,
                    <State tone={subject.status === "1" ? "good" : "bad"}>
                      {typeset(subject.status_name.replace(/[（(].*$/, ""))}
                    </State>,
                  ],
                ] as [string, ReactNode][])),
            ...known(words.kind, subject.kind_name),
            ...known(words.size, subject.size_name),
            ...known(words.industry, subject.industry_name),
            ...known(words.division, subject.division_name),
          ]}
        />
      </Section>
      <Section
        title={words.head}
        actions={<Link href={`/verify?report=${encodeURIComponent(report.check_code)}`}>{words.verify}</Link>}
      >
        <Facts
          facts={[
            [words.number, <span className="code">{report.number}</span>],
            [words.checkCode, <span className="code">{report.check_code}</span>],
            [words.variant, typeset(report.variant.name[language])],
            [words.purpose, typeset(report.purpose.name[language])],
            report.since === null
              ? [words.asOf, <span className="num">{report.as_of}</span>]
              : [words.period, <span className="num">{words.periodOf(report.since, report.as_of)}</span>],
            [words.issuedAt, <span className="num">{moment(report.issued_at)}</span>],
            [words.issuer, report.issuer.name],
            [words.reader, report.reader.name],
            [words.version, <span className="num">{report.layout_version}</span>],
          ]}
        />
        <p className={styles["digest"]}>
          {words.digest} <span className="code">{report.content_digest}</span>
        </p>
      </Section>
    </>
  );
}
