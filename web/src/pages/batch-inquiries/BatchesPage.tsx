import { useInfiniteQuery } from "@tanstack/react-query";
import { Button, Skeleton } from "antd";
import { Link } from "wouter";

import { batchesNewestFirst, type InquiryBatch } from "../../api/batchInquiries";
import { usePerson } from "../../app/session";
import { useWords } from "../../i18n/words";
import { Empty } from "../../parts/Empty";
import { FaultNotice } from "../../parts/Notice";
import { Page, Section } from "../../parts/Page";
import { type Column, Rows } from "../../parts/Rows";
import { State } from "../../parts/State";
import { count, day, moment } from "../../parts/format";
import { NewBatch } from "./NewBatch";
import { TONES } from "./tones";

/** Batches of inquiries, and a new one. */
export function BatchesPage() {
  const { batchInquiries } = useWords();
  const person = usePerson();
  const query = useInfiniteQuery(batchesNewestFirst);
  const batches = query.data?.pages.flat() ?? [];
  return (
    <Page title={batchInquiries.title} lead={batchInquiries.lead}>
      {person.may("create", "inquiry-batch") && <NewBatch />}
      <Section title={batchInquiries.list}>
        {query.isPending && <Skeleton active />}
        {query.isError && <FaultNotice thrown={query.error} onRetry={() => void query.refetch()} />}
        {query.isSuccess && batches.length === 0 && (
          <Empty title={batchInquiries.empty}>{batchInquiries.emptyHint}</Empty>
        )}
        {batches.length > 0 && <BatchRows batches={batches} />}
        {query.hasNextPage && (
          <Button loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
            {batchInquiries.older}
          </Button>
        )}
      </Section>
    </Page>
  );
}

function BatchRows({ batches }: { batches: InquiryBatch[] }) {
  const { batchInquiries } = useWords();
  const columns: Column<InquiryBatch>[] = [
    {
      title: batchInquiries.at,
      cell: (one) => (
        <Link href={`/batches-of-inquiries/${one.id}`} className="num">
          {moment(one.submitted_at)}
        </Link>
      ),
      isHead: true,
    },
    { title: batchInquiries.reference, cell: (one) => one.reference ?? "—" },
    {
      title: batchInquiries.state,
      cell: (one) => <State tone={TONES[one.state]}>{batchInquiries.states[one.state]}</State>,
    },
    {
      title: batchInquiries.progress,
      cell: (one) => batchInquiries.progressOf(count(one.done), count(one.total)),
      isNumber: true,
    },
    { title: batchInquiries.failed, cell: (one) => batchInquiries.of(count(one.failed)), isNumber: true },
    {
      title: batchInquiries.keptUntil,
      cell: (one) => (one.kept_until === null ? "—" : day(one.kept_until)),
    },
  ];
  return <Rows label={batchInquiries.list} rows={batches} columns={columns} keyOf={(one) => one.id} />;
}
