import { useQuery } from "@tanstack/react-query";

import { type Quality, reportQuality } from "../../api/reportDesk";
import { useWords } from "../../i18n/words";
import { BarChart } from "../../parts/chart/Chart";
import { Empty } from "../../parts/Empty";
import { Loaded } from "../../parts/Loaded";
import { Page, Section } from "../../parts/Page";
import { type Column, Rows } from "../../parts/Rows";
import { State } from "../../parts/State";
import { count, moment } from "../../parts/format";
import { typeset } from "../../parts/typeset";

type Item = Quality["items"][number];
const percent = (share: number) => `${(100 * share).toFixed(1)}%`;

/** How much of the catalogue reports can draw on, how fresh it is, and what readers say of it. */
export function QualityPage() {
  const { reportDesk: words } = useWords();
  const query = useQuery(reportQuality);
  return (
    <Page
      title={words.quality}
      lead={
        <>
          {words.qualityLead}
          {query.data && <span className="num"> {words.asOf(moment(query.data.at))}</span>}
        </>
      }
    >
      <Loaded query={query}>
        {(told) => (
          <>
            <Section title={words.coverage} note={words.coverageNote(count(told.subjects))}>
              <BarChart
                title={words.byClass}
                unit="%"
                parts={told.classes.map((one) => ({
                  name: typeset(one.name),
                  value: Math.round(1000 * one.coverage) / 10,
                }))}
              />
            </Section>
            <Items items={told.items} />
            <Issued reports={told.reports} />
          </>
        )}
      </Loaded>
    </Page>
  );
}

function Items({ items }: { items: Item[] }) {
  const { reportDesk: words } = useWords();
  const said = (one: Item) => {
    const feedback = Object.entries(one.feedback).filter(([, counted]) => counted.told > 0);
    const kinds: Readonly<Record<string, string>> = words.kinds;
    if (feedback.length === 0) return "—";
    return feedback
      .map(([kind, counted]) =>
        words.saidOf(kinds[kind] ?? kind, count(counted.told), count(counted.answered)),
      )
      .join(words.comma);
  };
  const columns: Column<Item>[] = [
    { title: words.item, cell: (one) => `${one.item} ${typeset(one.name)}`, isHead: true },
    { title: words.subjects, cell: (one) => count(one.subjects), isNumber: true },
    { title: words.coverage, cell: (one) => percent(one.coverage), isNumber: true },
    { title: words.latest, cell: (one) => <span className="num">{one.latest ?? "—"}</span> },
    {
      title: words.freshness,
      cell: (one) =>
        one.overdue === null ? (
          "—"
        ) : (
          <State tone={one.overdue ? "bad" : "good"}>{one.overdue ? words.overdue : words.fresh}</State>
        ),
    },
    { title: words.feedback, cell: said },
  ];
  return (
    <Section title={words.byItem} note={words.byItemNote}>
      <Rows label={words.byItem} rows={items} columns={columns} keyOf={(one) => one.item} />
    </Section>
  );
}

function Issued({ reports }: { reports: Quality["reports"] }) {
  const { reportDesk: words, verify } = useWords();
  const variants: Readonly<Record<string, string>> = verify.variants;
  const readers: Readonly<Record<string, string>> = words.readers;
  const columns: Column<Quality["reports"][number]>[] = [
    { title: verify.variant, cell: (one) => variants[one.variant] ?? one.variant, isHead: true },
    { title: words.reader, cell: (one) => readers[one.reader_kind] ?? one.reader_kind },
    { title: words.issued, cell: (one) => count(one.reports), isNumber: true },
  ];
  return (
    <Section title={words.issued}>
      {reports.length === 0 ? (
        <Empty title={words.noneIssued}>{words.noneIssuedHint}</Empty>
      ) : (
        <Rows
          label={words.issued}
          rows={reports}
          columns={columns}
          keyOf={(one) => `${one.variant} ${one.reader_kind}`}
        />
      )}
    </Section>
  );
}
