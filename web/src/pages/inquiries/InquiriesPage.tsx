import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Button, Input, Select, Skeleton } from "antd";
import { Link } from "wouter";

import { consentPurposes } from "../../api/consents";
import { type InquiryFilter, type InquiryLine, olderInquiriesBy } from "../../api/inquiries";
import { usePerson } from "../../app/session";
import { useWords } from "../../i18n/words";
import { Empty } from "../../parts/Empty";
import { Filter, Filters } from "../../parts/Filters";
import { FaultNotice } from "../../parts/Notice";
import { Page, Section } from "../../parts/Page";
import { type Column, Rows } from "../../parts/Rows";
import { State } from "../../parts/State";
import { useAddress } from "../../parts/address";
import { count, moment } from "../../parts/format";
import { purposesFor } from "../workbench/outlook";
import { askerOf, outcomeOf } from "./outcome";

/** What one's own organisation asked, newest first. */
export function InquiriesPage() {
  const { inquiries } = useWords();
  const person = usePerson();
  const { value, change } = useAddress();
  const filter: InquiryFilter = Object.fromEntries(
    ["subject", "purpose", "since", "until", "consent"].flatMap((name) =>
      value(name) === "" ? [] : [[name, value(name)]],
    ),
  );
  const query = useInfiniteQuery(olderInquiriesBy(filter));
  const templates = useQuery({ ...consentPurposes, enabled: person.may("read", "consent") });
  const purposes = templates.data?.purposes ?? [];
  const lines = query.data?.pages.flat() ?? [];
  const toCode = (text: string) => change({ subject: text.replace(/\s/g, "").toUpperCase() });
  return (
    <Page title={inquiries.title} lead={inquiries.lead}>
      <Filters>
        <Filter label={inquiries.subject} id="subject">
          <Input
            id="subject"
            key={value("subject")}
            defaultValue={value("subject")}
            placeholder={inquiries.subjectHint}
            maxLength={22}
            allowClear
            style={{ minWidth: 240 }}
            onBlur={({ target }) => toCode(target.value)}
            onPressEnter={({ currentTarget }) => toCode(currentTarget.value)}
          />
        </Filter>
        {purposes.length > 0 && (
          <Filter label={inquiries.purpose} id="purpose">
            <Select
              id="purpose"
              value={value("purpose")}
              options={[
                { value: "", label: inquiries.everyPurpose },
                ...purposesFor(purposes, person.member?.kind ?? "").map((one) => ({
                  value: one.purpose,
                  label: one.name,
                })),
              ]}
              onChange={(purpose) => change({ purpose })}
            />
          </Filter>
        )}
        {(["since", "until"] as const).map((name) => (
          <Filter key={name} label={inquiries[name]} id={name}>
            <Input
              id={name}
              type="date"
              value={value(name)}
              onChange={({ target }) => change({ [name]: target.value })}
            />
          </Filter>
        ))}
      </Filters>
      <Section title={inquiries.title}>
        {query.isPending && <Skeleton active />}
        {query.isError && <FaultNotice thrown={query.error} onRetry={() => void query.refetch()} />}
        {query.isSuccess &&
          (lines.length === 0 ? (
            <Empty title={inquiries.empty}>{inquiries.emptyHint}</Empty>
          ) : (
            <Lines
              lines={lines}
              nameOf={(code) => purposes.find((one) => one.purpose === code)?.name ?? code}
            />
          ))}
        {query.hasNextPage && (
          <Button
            style={{ marginTop: 16 }}
            loading={query.isFetchingNextPage}
            onClick={() => void query.fetchNextPage()}
          >
            {inquiries.older}
          </Button>
        )}
      </Section>
    </Page>
  );
}

function Lines({ lines, nameOf }: { lines: InquiryLine[]; nameOf: (purpose: string) => string }) {
  const { inquiries } = useWords();
  const columns: Column<InquiryLine>[] = [
    {
      title: inquiries.firm,
      cell: (one) => <Link href={`/inquiries/${one.leaf}`}>{one.subject_name ?? one.subject_code}</Link>,
      isHead: true,
    },
    { title: inquiries.at, cell: (one) => <span className="num">{moment(one.at)}</span> },
    { title: inquiries.purpose, cell: (one) => nameOf(one.purpose) },
    { title: inquiries.result, cell: (one) => <Outcome line={one} /> },
    { title: inquiries.by, cell: (one) => inquiries[askerOf(one.principal)] },
    { title: inquiries.reference, cell: (one) => one.reference ?? "—" },
    { title: inquiries.evidence, cell: (one) => count(one.leaf), isNumber: true },
  ];
  return <Rows label={inquiries.title} rows={lines} columns={columns} keyOf={(one) => one.leaf} />;
}

export function Outcome({ line }: { line: InquiryLine }) {
  const { inquiries } = useWords();
  const { given, all, tone } = outcomeOf(line);
  const words =
    given === all
      ? inquiries.whole(count(all))
      : given === 0
        ? inquiries.refused(count(all))
        : inquiries.partly(count(given), count(all));
  return (
    <span>
      <State tone={tone}>{words}</State>
      {line.consents.length > 0 && <small className="quiet"> {inquiries.byConsent}</small>}
    </span>
  );
}
