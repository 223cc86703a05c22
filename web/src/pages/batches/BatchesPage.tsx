import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Input, Select } from "antd";
import { Link } from "wouter";

import { allBatches, type Batch, type BatchState } from "../../api/batchDesk";
import { catalogue as allItems } from "../../api/platform";
import { useLanguage, useWords } from "../../i18n/words";
import { Empty } from "../../parts/Empty";
import { Filter, Filters } from "../../parts/Filters";
import { Loaded } from "../../parts/Loaded";
import { Page, Section } from "../../parts/Page";
import { Pager } from "../../parts/Pager";
import { type Column, Rows } from "../../parts/Rows";
import { State } from "../../parts/State";
import { useAddress } from "../../parts/address";
import { count, moment } from "../../parts/format";
import { typeset } from "../../parts/typeset";
import { toneOfBatch } from "./states";

/** Batches of all providers, for those who look after collection. */
export function BatchesPage() {
  const { batchDesk } = useWords();
  const { language } = useLanguage();
  const { value, page, change, toPage } = useAddress();
  const items = useQuery(allItems);
  const asked = { state: value("state"), item: value("item"), provider: value("provider") };
  const query = useQuery({
    ...allBatches({
      ...(asked.state !== "" && { state: asked.state as BatchState }),
      ...(asked.item !== "" && { item: asked.item }),
      ...(asked.provider !== "" && { provider: asked.provider }),
      page,
      page_size: 50,
    }),
    placeholderData: keepPreviousData,
  });
  return (
    <Page title={batchDesk.title} lead={batchDesk.lead}>
      <Filters>
        <Filter label={batchDesk.state} id="state">
          <Select
            id="state"
            allowClear
            value={asked.state || null}
            onChange={(state: string | null) => change({ state: state ?? "" })}
            options={Object.entries(batchDesk.states).map(([key, label]) => ({ value: key, label }))}
          />
        </Filter>
        <Filter label={batchDesk.item} id="item">
          <Select
            id="item"
            allowClear
            showSearch={{ optionFilterProp: "label" }}
            value={asked.item || null}
            onChange={(item: string | null) => change({ item: item ?? "" })}
            options={(items.data?.items ?? []).map((one) => ({
              value: one.item,
              label: `${one.item} ${typeset(one.name[language])}`,
            }))}
          />
        </Filter>
        <Filter label={batchDesk.provider} id="provider">
          <Input
            id="provider"
            allowClear
            maxLength={63}
            key={asked.provider}
            defaultValue={asked.provider}
            onBlur={({ target }) => change({ provider: target.value.trim() })}
            onPressEnter={({ currentTarget }) => change({ provider: currentTarget.value.trim() })}
          />
        </Filter>
      </Filters>
      <Section title={batchDesk.list}>
        <Loaded query={query}>
          {(found) =>
            found.batches.length === 0 ? (
              <Empty title={batchDesk.empty}>{batchDesk.emptyHint}</Empty>
            ) : (
              <>
                <BatchRows found={found.batches} />
                <Pager page={found.page} pageSize={found.page_size} total={found.total} onPage={toPage} />
              </>
            )
          }
        </Loaded>
      </Section>
    </Page>
  );
}

function BatchRows({ found }: { found: Batch[] }) {
  const { batchDesk } = useWords();
  const nameOf = useItemName();
  const columns: Column<Batch>[] = [
    {
      title: batchDesk.batch,
      isHead: true,
      cell: (one) => <Link href={`/batches/${one.id}`}>{batchDesk.of(one.id)}</Link>,
    },
    { title: batchDesk.item, cell: (one) => nameOf(one.item) },
    { title: batchDesk.provider, cell: (one) => <span className="code">{one.provider}</span> },
    {
      title: batchDesk.state,
      cell: (one) => <State tone={toneOfBatch(one.state)}>{batchDesk.states[one.state]}</State>,
    },
    { title: batchDesk.received, cell: (one) => <span className="num">{moment(one.received_at)}</span> },
    { title: batchDesk.rows, cell: (one) => count(one.counts.read), isNumber: true },
    { title: batchDesk.aside, cell: (one) => count(one.counts.quarantined), isNumber: true },
  ];
  return <Rows label={batchDesk.title} rows={found} columns={columns} keyOf={(one) => one.id} />;
}

/** Number and name of an item; its number alone until the catalogue is there. */
export function useItemName(): (item: string) => string {
  const { language } = useLanguage();
  const items = useQuery(allItems);
  return (item) => {
    const found = items.data?.items.find((one) => one.item === item);
    return found === undefined ? item : `${item} ${typeset(found.name[language])}`;
  };
}
