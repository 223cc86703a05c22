import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Input, Select } from "antd";
import { Link } from "wouter";

import { type Consent, consentPurposes, consentsBy, type ConsentState } from "../../api/consents";
import { usePerson } from "../../app/session";
import { useWords } from "../../i18n/words";
import { Empty } from "../../parts/Empty";
import { Filter, Filters } from "../../parts/Filters";
import { Loaded } from "../../parts/Loaded";
import { Page, Section } from "../../parts/Page";
import { Pager } from "../../parts/Pager";
import { type Column, Rows } from "../../parts/Rows";
import { State } from "../../parts/State";
import { TabLinks } from "../../parts/TabLinks";
import { useAddress } from "../../parts/address";
import { count, day, moment } from "../../parts/format";
import { purposesFor } from "../workbench/outlook";
import { lastDay } from "../workbench/Relied";
import { filterOf, STATE_TONES, type Tab, tabOf, TABS } from "./shown";

const SIZE = 20;

/** What one's own organisation asked firms for, and how it stands. */
export function TrackingPage() {
  const { tracking } = useWords();
  const person = usePerson();
  const { value, page, change, toPage } = useAddress();
  const tab = tabOf(value("tab"));
  const templates = useQuery(consentPurposes);
  const purposes = purposesFor(templates.data?.purposes ?? [], person.member?.kind ?? "");
  const query = useQuery({
    ...consentsBy({
      ...filterOf(tab),
      ...(value("subject") === "" ? {} : { subject: value("subject") }),
      ...(value("purpose") === "" ? {} : { purpose: value("purpose") }),
      page,
      page_size: SIZE,
    }),
    placeholderData: keepPreviousData,
  });
  const to = (one: Tab) => (one === "waiting" ? "/tracking" : `/tracking?tab=${one}`);
  const toCode = (text: string) => change({ subject: text.replace(/\s/g, "").toUpperCase() });
  return (
    <Page title={tracking.title} lead={tracking.lead}>
      <TabLinks
        label={tracking.tabsLabel}
        here={to(tab)}
        tabs={TABS.map((one) => [to(one), tracking.tabs[one]])}
      />
      <Filters>
        <Filter label={tracking.subject} id="subject">
          <Input
            id="subject"
            key={value("subject")}
            defaultValue={value("subject")}
            placeholder={tracking.subjectHint}
            maxLength={22}
            allowClear
            style={{ minWidth: 240 }}
            onBlur={({ target }) => toCode(target.value)}
            onPressEnter={({ currentTarget }) => toCode(currentTarget.value)}
          />
        </Filter>
        <Filter label={tracking.purpose} id="purpose">
          <Select
            id="purpose"
            value={value("purpose")}
            options={[
              { value: "", label: tracking.everyPurpose },
              ...purposes.map((one) => ({ value: one.purpose, label: one.name })),
            ]}
            onChange={(purpose) => change({ purpose })}
          />
        </Filter>
      </Filters>
      <Section title={tracking.tabs[tab]}>
        <Loaded query={query}>
          {(found) =>
            found.total === 0 ? (
              <Empty title={tracking.none[tab]} action={<Link href="/search">{tracking.toSearch}</Link>}>
                {tracking.noneHint}
              </Empty>
            ) : (
              <>
                <Found consents={found.consents} isWaiting={tab === "waiting"} />
                <Pager page={found.page} pageSize={found.page_size} total={found.total} onPage={toPage} />
              </>
            )
          }
        </Loaded>
      </Section>
    </Page>
  );
}

function Found({ consents, isWaiting }: { consents: Consent[]; isWaiting: boolean }) {
  const { tracking } = useWords();
  const columns: Column<Consent>[] = [
    {
      title: tracking.subject,
      cell: (one) => <Link href={`/tracking/${one.id}`}>{one.subject_name}</Link>,
      isHead: true,
    },
    { title: tracking.purpose, cell: (one) => one.purpose_name },
    {
      title: tracking.items,
      cell: (one) => tracking.itemsOf(count(Object.keys(one.items).length)),
      isNumber: true,
    },
    { title: tracking.state, cell: (one) => <ConsentStateWord state={one.state} /> },
  ];
  if (isWaiting) {
    columns.push(
      { title: tracking.requested, cell: (one) => moment(one.requested_at) },
      { title: tracking.answerBy, cell: (one) => day(one.answer_by) },
    );
  } else {
    columns.push(
      { title: tracking.used, cell: (one) => <Used one={one} />, isNumber: true },
      { title: tracking.until, cell: (one) => lastDay(one.valid_to) },
    );
  }
  columns.push({
    title: "",
    cell: (one) => <Link href={`/workbench/${one.subject}?purpose=${one.purpose}`}>{tracking.open}</Link>,
  });
  return <Rows label={tracking.title} rows={consents} columns={columns} keyOf={(one) => one.id} />;
}

export function ConsentStateWord({ state }: { state: string }) {
  const { tracking } = useWords();
  const known = state as ConsentState;
  return <State tone={STATE_TONES[known]}>{tracking.states[known]}</State>;
}

export function Used({ one }: { one: Pick<Consent, "used" | "max_calls"> }) {
  const { tracking } = useWords();
  return (
    <span className="num">
      {one.max_calls === null
        ? tracking.usedAny(count(one.used))
        : tracking.usedOf(count(one.used), count(one.max_calls))}
    </span>
  );
}
