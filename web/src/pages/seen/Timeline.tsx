import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Button, Checkbox, Input, Select, Skeleton } from "antd";
import type { ReactNode } from "react";

import { consentPurposes, type Grantee } from "../../api/consents";
import { type InquiryFilter, olderInquiriesBy } from "../../api/inquiries";
import { useLanguage, useWords } from "../../i18n/words";
import { Empty } from "../../parts/Empty";
import { Filter, Filters } from "../../parts/Filters";
import { FaultNotice } from "../../parts/Notice";
import { Section } from "../../parts/Page";
import { useAddress } from "../../parts/address";
import { count, weekday } from "../../parts/format";
import { Line } from "./Line";
import { byDay, type Day } from "./days";
import { usePurposeNames } from "./purposes";
import styles from "./seen.module.css";

/** Each look at the firm, day by day, newest first. What is shown stands in the address. */
export function Timeline({ readers }: { readers: Grantee[] }) {
  const { seen } = useWords();
  const { value, change } = useAddress();
  const filter = filterOf(value);
  const query = useInfiniteQuery(olderInquiriesBy(filter));
  const lines = query.data?.pages.flat() ?? [];
  const isFiltered = ["member", "purpose", "since", "until"].some((name) => value(name) !== "");
  return (
    <Section title={seen.timeline} note={seen.howReceipt}>
      <Choices readers={readers} value={value} change={change} />
      {query.isError && <FaultNotice thrown={query.error} onRetry={() => void query.refetch()} />}
      {query.isPending && <Skeleton active paragraph={{ rows: 6 }} />}
      {query.isSuccess && lines.length === 0 && (
        <Empty title={isFiltered ? seen.empty : seen.none}>
          {isFiltered ? seen.emptyHint : seen.noneHint}
        </Empty>
      )}
      {byDay(lines).map((one) => (
        <OneDay key={one.day} one={one} />
      ))}
      {query.hasNextPage && (
        <Button loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
          {seen.older}
        </Button>
      )}
    </Section>
  );
}

/** The address's state as the route takes it; empty ones are left out. */
function filterOf(value: (name: string) => string): InquiryFilter {
  const filter: InquiryFilter = value("own") === "1" ? {} : { others: true };
  for (const name of ["member", "purpose", "since", "until", "consent"] as const) {
    if (value(name) !== "") filter[name] = value(name);
  }
  return filter;
}

interface ChoiceProps {
  readers: Grantee[];
  value: (name: string) => string;
  change: (changes: Record<string, string>) => void;
}

function Choices({ readers, value, change }: ChoiceProps) {
  const { seen } = useWords();
  const nameOf = usePurposeNames();
  const purposes = useQuery(consentPurposes).data?.purposes ?? [];
  return (
    <Filters>
      <Filter label={seen.who} id="member">
        <Select
          id="member"
          value={value("member")}
          onChange={(member: string) => change({ member })}
          options={[
            { value: "", label: seen.everyone },
            ...readers.map((one) => ({ value: one.grantee, label: one.grantee_name })),
          ]}
        />
      </Filter>
      <Filter label={seen.purpose} id="purpose">
        <Select
          id="purpose"
          value={value("purpose")}
          onChange={(purpose: string) => change({ purpose })}
          options={[
            { value: "", label: seen.everyPurpose },
            ...purposes.map((one) => ({ value: one.purpose, label: nameOf(one.purpose) })),
          ]}
        />
      </Filter>
      <DayFilter id="since" label={seen.since} value={value} change={change} />
      <DayFilter id="until" label={seen.until} value={value} change={change} />
      <div className={styles["own"]}>
        <Checkbox
          checked={value("own") === "1"}
          onChange={({ target }) => change({ own: target.checked ? "1" : "" })}
        >
          {seen.own}
        </Checkbox>
      </div>
    </Filters>
  );
}

function DayFilter({
  id,
  label,
  value,
  change,
}: { id: string; label: ReactNode & string } & Pick<ChoiceProps, "value" | "change">) {
  return (
    <Filter label={label} id={id}>
      <Input
        id={id}
        type="date"
        value={value(id)}
        onChange={({ target }) => change({ [id]: target.value })}
      />
    </Filter>
  );
}

function OneDay({ one }: { one: Day }) {
  const { seen } = useWords();
  const { language } = useLanguage();
  return (
    <section className={styles["day"]} aria-label={one.day}>
      <h3>
        <span className="num">{one.day}</span>
        <span className={styles["weekday"]}>
          {weekday(one.day, language)} · {seen.perDay(count(one.lines.length))}
        </span>
      </h3>
      <ol>
        {one.lines.map((line) => (
          <Line key={line.leaf} line={line} />
        ))}
      </ol>
    </section>
  );
}
