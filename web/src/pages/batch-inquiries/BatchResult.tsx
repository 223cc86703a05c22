import { DownloadOutlined } from "@ant-design/icons";
import { queryOptions, useQuery } from "@tanstack/react-query";
import { Button, Space } from "antd";
import { Link } from "wouter";

import { type InquiryBatch, readResult, resultAddress } from "../../api/batchInquiries";
import { useWords } from "../../i18n/words";
import { ExportButton } from "../../parts/ExportButton";
import { Loaded } from "../../parts/Loaded";
import { Section } from "../../parts/Page";
import { Pager } from "../../parts/Pager";
import { type Column, Rows } from "../../parts/Rows";
import { State } from "../../parts/State";
import { useAddress } from "../../parts/address";
import { count, spacedCode } from "../../parts/format";
import { typeset } from "../../parts/typeset";
import { type FirmLine, linesOf } from "./result";

const PAGE = 50;

const resultOf = (id: string) =>
  queryOptions({
    queryKey: ["inquiry-batches", id, "result"],
    queryFn: async () => linesOf(await readResult(id)),
    staleTime: Infinity,
  });

/** Every firm of a batch in a line. */
export function BatchResult({ batch }: { batch: InquiryBatch }) {
  const { batchInquiries } = useWords();
  const query = useQuery(resultOf(batch.id));
  const { page, toPage } = useAddress();
  const lines = query.data ?? [];
  return (
    <Section
      title={batchInquiries.result}
      note={batchInquiries.resultNote}
      actions={
        <Space wrap>
          <Exporting lines={lines} />
          <Button icon={<DownloadOutlined aria-hidden />} href={resultAddress(batch.id)} download>
            {batchInquiries.download}
          </Button>
        </Space>
      }
    >
      <Loaded query={query}>
        {(found) => (
          <>
            <FirmRows lines={found.slice((page - 1) * PAGE, page * PAGE)} purpose={batch.purpose} />
            <Pager page={page} pageSize={PAGE} total={found.length} onPage={toPage} />
          </>
        )}
      </Loaded>
    </Section>
  );
}

function FirmRows({ lines, purpose }: { lines: FirmLine[]; purpose: string }) {
  const { batchInquiries, workbench } = useWords();
  const columns: Column<FirmLine>[] = [
    {
      title: batchInquiries.firm,
      cell: (one) =>
        one.name === null ? (
          <span className="code">{spacedCode(one.code)}</span>
        ) : (
          <Link href={`/workbench/${one.code}?purpose=${purpose}`}>{one.name}</Link>
        ),
      isHead: true,
    },
    {
      title: batchInquiries.notes,
      cell: (one) =>
        one.fault !== null ? (
          <span className="quiet">{typeset(one.fault)}</span>
        ) : one.flags.length === 0 ? (
          <State tone="good">{batchInquiries.clear}</State>
        ) : (
          <Space wrap size={[6, 4]}>
            {one.flags.map((flag) => (
              <State key={flag} tone="bad">
                {workbench.flagWords[flag]}
              </State>
            ))}
          </Space>
        ),
    },
    {
      title: batchInquiries.given,
      cell: (one) => (one.fault === null ? batchInquiries.givenOf(count(one.given), count(one.items)) : "—"),
      isNumber: true,
    },
    {
      title: batchInquiries.rows,
      cell: (one) => (one.fault === null ? count(one.rows) : "—"),
      isNumber: true,
    },
    {
      title: batchInquiries.evidence,
      cell: (one) =>
        one.leaf === null ? "—" : <Link href={`/inquiries/${one.leaf}`}>{count(one.leaf)}</Link>,
      isNumber: true,
    },
  ];
  return <Rows label={batchInquiries.result} rows={lines} columns={columns} keyOf={(one) => one.place} />;
}

function Exporting({ lines }: { lines: FirmLine[] }) {
  const { batchInquiries, workbench, search } = useWords();
  return (
    <ExportButton
      name={batchInquiries.title}
      columns={[
        { title: search.code, value: (one: FirmLine) => one.code },
        { title: batchInquiries.firm, value: (one) => one.name, width: 36 },
        {
          title: batchInquiries.notes,
          value: (one) => one.flags.map((flag) => workbench.flagWords[flag]).join("、"),
          width: 36,
        },
        { title: batchInquiries.given, value: (one) => one.given, kind: "count" },
        { title: batchInquiries.items, value: (one) => one.items, kind: "count" },
        { title: batchInquiries.rows, value: (one) => one.rows, kind: "count" },
        { title: batchInquiries.fault, value: (one) => one.fault, width: 36 },
        { title: batchInquiries.evidence, value: (one) => one.leaf, kind: "count" },
      ]}
      readPage={() => Promise.resolve({ rows: lines, total: lines.length })}
      keyOf={(one) => one.place}
      pageSize={lines.length + 1}
      total={lines.length}
    />
  );
}
