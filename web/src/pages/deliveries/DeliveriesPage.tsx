import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Select } from "antd";
import { Link } from "wouter";

import {
  type Batch,
  type BatchFilter,
  type BatchState,
  deliveries,
  deliveriesOf,
  ownItems,
} from "../../api/collect";
import { usePerson } from "../../app/session";
import { useLanguage, useWords } from "../../i18n/words";
import { Empty } from "../../parts/Empty";
import { ExportButton, type ExportColumn } from "../../parts/ExportButton";
import { Filter, Filters } from "../../parts/Filters";
import { count, moment } from "../../parts/format";
import { Loaded } from "../../parts/Loaded";
import { Page, Section } from "../../parts/Page";
import { Pager } from "../../parts/Pager";
import { type Column, Rows } from "../../parts/Rows";
import { State } from "../../parts/State";
import { useAddress } from "../../parts/address";
import { toneOfBatch } from "../batches/states";

/** The batches that one's own organisation sent, newest first. */
export function DeliveriesPage() {
  const { deliveries: words, batchDesk } = useWords();
  const { language } = useLanguage();
  const { value, page, change, toPage } = useAddress();
  const person = usePerson();
  const items = useQuery(ownItems);
  const asked = { item: value("item"), state: value("state"), show: value("show") };
  const filter: BatchFilter = {
    ...(asked.item !== "" && { item: asked.item }),
    ...(asked.state !== "" && { state: asked.state as BatchState }),
    ...(asked.show === "mend" && { to_mend: true }),
  };
  const query = useQuery({
    ...deliveriesOf({ ...filter, page, page_size: 20 }),
    placeholderData: keepPreviousData,
  });
  const names = new Map(items.data?.items.map((one) => [one.item, one.name[language]]));
  const nameOf = (item: string) => `${item} ${names.get(item) ?? ""}`.trim();
  return (
    <Page
      title={words.title}
      lead={words.lead}
      actions={person.may("create", "batch") && <Link href="/upload">{words.send}</Link>}
    >
      <Filters>
        <Filter label={words.item} id="item">
          <Select
            id="item"
            allowClear
            showSearch={{ optionFilterProp: "label" }}
            value={asked.item || null}
            onChange={(item: string | null) => change({ item: item ?? "" })}
            options={[...names].map(([item]) => ({ value: item, label: nameOf(item) }))}
          />
        </Filter>
        <Filter label={words.state} id="state">
          <Select
            id="state"
            allowClear
            value={asked.state || null}
            onChange={(state: string | null) => change({ state: state ?? "" })}
            options={Object.entries(batchDesk.states).map(([key, label]) => ({ value: key, label }))}
          />
        </Filter>
        <Filter label={words.show} id="show">
          <Select
            id="show"
            value={asked.show}
            onChange={(show: string) => change({ show })}
            options={[
              { value: "", label: words.everything },
              { value: "mend", label: words.onlyToMend },
            ]}
          />
        </Filter>
      </Filters>
      <Section
        title={words.batch}
        actions={
          <ExportButton
            name={words.title}
            columns={useExported(nameOf)}
            keyOf={(batch) => batch.id}
            total={query.data?.total}
            readPage={async (at, size) => {
              const found = await deliveries({ ...filter, page: at, page_size: size });
              return { rows: found.batches, total: found.total };
            }}
          />
        }
      >
        <Loaded query={query}>
          {(found) =>
            found.batches.length === 0 ? (
              <Empty title={words.empty}>{words.emptyHint}</Empty>
            ) : (
              <>
                <Batches batches={found.batches} nameOf={nameOf} />
                <Pager page={found.page} pageSize={found.page_size} total={found.total} onPage={toPage} />
              </>
            )
          }
        </Loaded>
      </Section>
    </Page>
  );
}

function Batches({ batches, nameOf }: { batches: Batch[]; nameOf: (item: string) => string }) {
  const { deliveries: words, batchDesk } = useWords();
  const columns: Column<Batch>[] = [
    {
      title: words.batch,
      isHead: true,
      cell: (batch) => <Link href={`/deliveries/${batch.id}`}>{batchDesk.of(batch.id)}</Link>,
    },
    {
      title: words.file,
      cell: (batch) =>
        batch.correction_of === null ? batch.file_name : words.correctionOf(batch.correction_of),
    },
    { title: words.item, cell: (batch) => nameOf(batch.item) },
    { title: words.received, cell: (batch) => <span className="num">{moment(batch.received_at)}</span> },
    {
      title: words.state,
      cell: (batch) => <State tone={toneOfBatch(batch.state)}>{batchDesk.states[batch.state]}</State>,
    },
    { title: words.accepted, isNumber: true, cell: (batch) => count(batch.counts.accepted) },
    { title: words.aside, isNumber: true, cell: (batch) => count(batch.counts.quarantined) },
  ];
  return <Rows label={words.title} rows={batches} columns={columns} keyOf={(batch) => batch.id} />;
}

function useExported(nameOf: (item: string) => string): ExportColumn<Batch>[] {
  const { deliveries: words, batchDesk } = useWords();
  return [
    { title: words.batch, value: (batch) => batch.id, kind: "number", width: 10 },
    { title: words.item, value: (batch) => nameOf(batch.item) },
    { title: words.file, value: (batch) => batch.file_name, width: 32 },
    { title: words.received, value: (batch) => batch.received_at, kind: "moment" },
    { title: words.state, value: (batch) => batchDesk.states[batch.state], width: 14 },
    { title: words.read, value: (batch) => batch.counts.read, kind: "count" },
    { title: words.accepted, value: (batch) => batch.counts.accepted, kind: "count" },
    { title: words.aside, value: (batch) => batch.counts.quarantined, kind: "count" },
  ];
}
