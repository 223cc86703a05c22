import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Link } from "wouter";

import { type SubjectLine, SUBJECTS_PAGE, subjectsBy } from "../../api/subjects";
import { useWords } from "../../i18n/words";
import { Empty } from "../../parts/Empty";
import { Loaded } from "../../parts/Loaded";
import { Section } from "../../parts/Page";
import { Pager } from "../../parts/Pager";
import { type Column, Rows } from "../../parts/Rows";
import { useAddress } from "../../parts/address";
import { spacedCode } from "../../parts/format";
import { FindField } from "../search/SearchPage";
import styles from "./reports.module.css";

const codeOf = (one: SubjectLine) => one.code ?? one.old_number ?? "";

/** Looks up the firm that the report shall be about. */
export function ChooseSubject() {
  const { reports } = useWords();
  const { value, page, change, toPage } = useAddress();
  const q = value("q");
  const asked = { q, division: "", kind: "", size_class: "", page };
  const query = useQuery({ ...subjectsBy(asked), enabled: q !== "", placeholderData: keepPreviousData });
  const columns: Column<SubjectLine>[] = [
    {
      title: reports.subject,
      isHead: true,
      cell: (one) => <Link href={`/reports/new?subject=${codeOf(one)}`}>{one.name}</Link>,
    },
    { title: reports.subjectHint, cell: (one) => <span className="code">{spacedCode(codeOf(one))}</span> },
  ];
  return (
    <Section title={reports.chooseSubject} note={reports.chooseSubjectNote}>
      <div className={styles["find"]}>
        <FindField key={q} initial={q} onFind={(next) => change({ q: next.trim() })} />
      </div>
      {q === "" ? (
        <Empty title={reports.startSubject}>{reports.startSubjectHint}</Empty>
      ) : (
        <Loaded query={query}>
          {(found) =>
            found.total === 0 ? (
              <Empty title={reports.noSubject}>{reports.noSubjectHint}</Empty>
            ) : (
              <>
                <Rows label={reports.chooseSubject} rows={found.items} columns={columns} keyOf={codeOf} />
                <Pager page={found.page} pageSize={SUBJECTS_PAGE} total={found.total} onPage={toPage} />
              </>
            )
          }
        </Loaded>
      )}
    </Section>
  );
}
