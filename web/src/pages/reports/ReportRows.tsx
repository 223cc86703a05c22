import { useInfiniteQuery } from "@tanstack/react-query";
import { Button, Input, Select, Skeleton } from "antd";
import type { ReactNode } from "react";
import { Link } from "wouter";

import { type ReportFilter, type ReportLine, reportsBy, type Variant, VARIANTS } from "../../api/reports";
import { useWords } from "../../i18n/words";
import { Empty } from "../../parts/Empty";
import { Filter, Filters } from "../../parts/Filters";
import { FaultNotice } from "../../parts/Notice";
import { Section } from "../../parts/Page";
import { type Column, Rows } from "../../parts/Rows";
import { useAddress } from "../../parts/address";
import { day, moment } from "../../parts/format";
import { useReportPurposes } from "./names";
import styles from "./reports.module.css";

interface Props {
  base: "/reports" | "/my-reports";
  title: string;
  note?: string;
  empty: ReactNode; // where there is none at all
}

/** Reports, newest first, with filters kept in the address. */
export function ReportRows({ base, title, note, empty }: Props) {
  const { reports } = useWords();
  const { value } = useAddress();
  const isBank = base === "/reports";
  const filter: ReportFilter = {
    ...(isBank && value("subject") !== "" ? { subject: value("subject") } : {}),
    ...(value("kind") === "" ? {} : { variant: value("kind") as Variant }),
    ...(value("from") === "" ? {} : { from: value("from") }),
    ...(value("to") === "" ? {} : { to: value("to") }),
  };
  const query = useInfiniteQuery(reportsBy(filter));
  const lines = query.data?.pages.flat() ?? [];
  const isFiltered = Object.keys(filter).length > 0;
  return (
    <Section title={title} {...(note === undefined ? {} : { note })}>
      <Choices isBank={isBank} />
      {query.isPending && <Skeleton active paragraph={{ rows: 4 }} />}
      {query.isError && <FaultNotice thrown={query.error} onRetry={() => void query.refetch()} />}
      {query.isSuccess &&
        lines.length === 0 &&
        (isFiltered ? <Empty title={reports.none}>{reports.noneHint}</Empty> : empty)}
      {lines.length > 0 && <Lines lines={lines} base={base} />}
      {query.hasNextPage && (
        <Button
          className={styles["older"] ?? ""}
          loading={query.isFetchingNextPage}
          onClick={() => void query.fetchNextPage()}
        >
          {reports.older}
        </Button>
      )}
    </Section>
  );
}

function Choices({ isBank }: { isBank: boolean }) {
  const { reports } = useWords();
  const { value, change } = useAddress();
  const toCode = (text: string) => change({ subject: text.replace(/\s/g, "").toUpperCase() });
  return (
    <Filters>
      {isBank && (
        <Filter label={reports.subject} id="subject">
          <Input
            id="subject"
            key={value("subject")}
            defaultValue={value("subject")}
            placeholder={reports.subjectHint}
            maxLength={22}
            allowClear
            onBlur={({ target }) => toCode(target.value)}
            onPressEnter={({ currentTarget }) => toCode(currentTarget.value)}
          />
        </Filter>
      )}
      <Filter label={reports.variant} id="kind">
        <Select
          id="kind"
          value={value("kind")}
          options={[
            { value: "", label: reports.every },
            ...VARIANTS.map((one) => ({ value: one as string, label: reports.variants[one] })),
          ]}
          onChange={(kind: string) => change({ kind })}
        />
      </Filter>
      {(["from", "to"] as const).map((name) => (
        <Filter key={name} label={reports[name]} id={name}>
          <Input
            id={name}
            type="date"
            value={value(name)}
            onChange={({ target }) => change({ [name]: target.value })}
          />
        </Filter>
      ))}
    </Filters>
  );
}

function Lines({ lines, base }: { lines: ReportLine[]; base: "/reports" | "/my-reports" }) {
  const { reports } = useWords();
  const purposeName = useReportPurposes();
  const isBank = base === "/reports";
  const who = (one: ReportLine) =>
    isBank
      ? (one.subject_name ?? one.subject_code)
      : one.reader_kind === "firm"
        ? reports.self
        : one.reader_name;
  const columns: Column<ReportLine>[] = [
    {
      title: isBank ? reports.subject : reports.reader,
      isHead: true,
      cell: (one) => (one.own ? <Link href={`${base}/${one.number}`}>{who(one)}</Link> : who(one)),
    },
    {
      title: reports.variant,
      cell: (one) => (
        <div className={styles["two"]}>
          {reports.variants[one.variant]}
          <span className="quiet">{purposeName(one.purpose)}</span>
        </div>
      ),
    },
    {
      title: reports.asOf,
      cell: (one) => (
        <div className={styles["two"]}>
          {one.as_of}
          {one.since !== null && <span className="quiet">{reports.against(one.since)}</span>}
        </div>
      ),
    },
    {
      title: reports.issuedAt,
      cell: (one) => <span className={styles["short"]}>{moment(one.issued_at)}</span>,
    },
    { title: reports.grade, cell: (one) => one.grade ?? "—" },
    isBank
      ? { title: reports.reference, cell: (one) => one.reference ?? "—" }
      : {
          title: reports.checkCode,
          cell: (one) =>
            one.check_code === null ? (
              <span className="quiet">{reports.readerOnly}</span>
            ) : (
              <Link href={`/verify?report=${encodeURIComponent(one.check_code)}`} className="code">
                {one.check_code}
              </Link>
            ),
        },
    { title: reports.kept, cell: (one) => <span className={styles["short"]}>{day(one.expires_at)}</span> },
  ];
  return <Rows label={reports.list} rows={lines} columns={columns} keyOf={(one) => one.number} isWide />;
}
